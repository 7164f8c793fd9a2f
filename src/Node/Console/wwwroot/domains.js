// Customers: which there are, their rules, what is in use and what was used.
import { el, setAttribute, setText, svg, table } from './dom.js';
import { call, inDomain, segment } from './api.js';
import { confirm, reveal, toast } from './dialog.js';
import { bytes, count, decimal } from './format.js';
import { tile } from './overview.js';
import { pages } from './pages.js';
import { poll } from './poll.js';
import { may, ownDomain } from './scope.js';

const yesNo = [['', 'As the service has it'], ['true', 'Yes'], ['false', 'No']];

/** As the API calls them. */
const rules = [
  { name: 'signInRequired', label: 'Only who has signed in may join', options: yesNo },
  { name: 'roomsOnDemand', label: 'Any name may be entered as a room', options: yesNo },
  { name: 'browsers', label: 'Browsers may join', options: yesNo },
  { name: 'lobby', label: 'Rooms have a lobby', options: yesNo },
  { name: 'singleUseTokens', label: 'Each token lets in one session', options: yesNo },
  { name: 'maxMembers', label: 'Members of a room at most', type: 'number', min: 1 },
  { name: 'maxSessions', label: 'Sessions at most', type: 'number', min: 1 },
  { name: 'maxRooms', label: 'Open rooms at most', type: 'number', min: 1 },
  { name: 'joinsPerMinute', label: 'Joins a minute at most', type: 'number', min: 1 },
  { name: 'keepDays', label: 'Call records are kept so many days', type: 'number', min: 1 },
];

const textOf = value => value === null || value === undefined ? '' : String(value);
const fields = of => rules.map(rule => ({ ...rule, value: textOf(of?.[rule.name]) }));
const bodyOf = values => Object.fromEntries(rules.map(({ name, options }) => [name, options ? { true: true, false: false }[values[name]] : values[name]]));

/** 'sessions at most 10, browsers no' */
const told = domain => rules.filter(r => domain[r.name] !== null)
  .map(r => r.options ? `${r.label}: ${domain[r.name] ? 'yes' : 'no'}` : `${r.label}: ${count(domain[r.name])}`).join('; ') || 'as the service has it';

const most = limit => limit === null ? 'without a limit' : `of ${count(limit)}`;

async function make() {
  let made;
  const done = await confirm({
    title: 'Make a domain', text: 'Every node serves it within a second. DNS and certificates are yours to set up.', action: 'Make domain',
    fields: [{ name: 'domain', label: 'Domain', type: 'text', required: true, maxlength: 180, spellcheck: false }, ...fields()],
    work: async ({ domain, ...values }) => { made = await call('PUT', `domains/${segment(domain)}`, bodyOf(values)); },
  });
  if (done)
    toast(`${made.name} is served.`);
}

export function domainsView() {
  const list = pages({
    path: 'domains', query: () => ({}),
    shown: table({
      caption: 'Domains', keyOf: d => d.name,
      columns: [
        {
          label: 'Domain', header: true, build: cell => cell.append(el('a'), el('span.mark.warn', { hidden: true }, 'being removed')),
          fill: (cell, d) => {
            setAttribute(cell.firstChild, 'href', `#/domains/${segment(d.name)}`);
            setText(cell.firstChild, d.name);
            cell.lastChild.hidden = !d.removing;
          },
        },
        { label: 'Sessions', number: true, hint: 'On this node; on all of them, where the domain has a ceiling', text: d => count(d.use.sessions) },
        { label: 'Open rooms', number: true, text: d => count(d.use.rooms) },
        { label: 'Rules', wide: true, text: told },
      ],
    }),
  });
  return {
    title: 'Domains',
    root: el('section', null,
      el('div.heading', null, el('h1', null, 'Domains'),
        el('div.actions', null, el('button', { type: 'button', hidden: !may('manage'), click: () => make().then(list.now) }, 'Make domain…'))),
      el('p.hint', null, 'Each is a customer with rooms, people and records of its own.'), list.root),
    update() {},
    dispose: list.stop,
  };
}

/** Days of usage shown. */
const days = 31;
const dayOf = time => new Date(time).toISOString().slice(0, 10);

/** A bar of a table's cell, as wide as the value is of the largest. */
function bar(cell, part) {
  if (!cell.firstChild)
    cell.append(svg('svg', { class: 'bar', height: 10, 'aria-hidden': 'true' }));
  const plot = cell.firstChild;
  if (!plot.firstChild)
    plot.append(svg('rect', { height: 10 }));
  setAttribute(plot.firstChild, 'width', `${(100 * part).toFixed(1)}%`);
}

export function domainView(name) {
  let domain = null, largest = 1;
  const state = el('p.mark'), error = el('p.banner', { role: 'alert', hidden: true }), facts = el('p.hint');
  const tiles = { sessions: tile('Sessions', 'people'), rooms: tile('Open rooms'), minutes: tile('Member minutes'), joins: tile('Joins'), peak: tile('Most members'), sent: tile('Sent to members', 'out') };
  const changing = el('button', { type: 'button', hidden: true, click: change }, 'Rules…');
  const letting = el('button', { type: 'button', hidden: !may('manage'), click: letIn }, 'Make join token…');
  const removing = el('button.danger', { type: 'button', hidden: true, click: remove }, 'Remove domain…');
  const usage = table({
    caption: `Usage of ${name} by day`, keyOf: d => d.day, empty: 'Nothing was used.',
    columns: [
      { label: 'Day', header: true, hint: 'In UTC', text: d => d.day },
      { label: 'Member minutes', number: true, text: d => decimal(d.memberMinutes) },
      { label: 'Share', hideLabel: true, wide: true, build: cell => cell.classList.add('bars'), fill: (cell, d) => bar(cell, d.memberMinutes / largest) },
      { label: 'Joins', number: true, text: d => count(d.joins) },
      { label: 'Most members', number: true, text: d => count(d.peakMembers) },
      { label: 'From members', number: true, text: d => bytes(d.bytesIn) },
      { label: 'To members', number: true, text: d => bytes(d.bytesOut) },
    ],
  });
  const poller = poll(5000, load);

  async function load(current) {
    try {
      const [details, used] = await Promise.all([
        call('GET', `domains/${segment(name)}`),
        call('GET', `${inDomain(name)}usage?${new URLSearchParams({ from: dayOf(Date.now() - (days - 1) * 86_400_000) })}`),
      ]);
      if (!current())
        return;
      error.hidden = true;
      domain = details;
      largest = Math.max(1, ...used.days.map(d => d.memberMinutes));
      tiles.sessions.set(count(domain.use.sessions), most(domain.maxSessions));
      tiles.rooms.set(count(domain.use.rooms), most(domain.maxRooms));
      tiles.minutes.set(decimal(used.memberMinutes), `in ${count(days)} days`);
      tiles.joins.set(count(used.joins), domain.joinsPerMinute === null ? '' : `${count(domain.joinsPerMinute)} a minute at most`);
      tiles.peak.set(count(used.peakMembers), 'at a time');
      tiles.sent.set(bytes(used.bytesOut), `${bytes(used.bytesIn)} came`);
      usage.update([...used.days].reverse());
      setText(facts, `Rules: ${told(domain)}.`);
      setAttribute(state, 'class', `mark ${domain.removing ? 'warn' : 'good'}`);
      setText(state, domain.removing ? 'being removed' : 'served');
      const isMine = may('manage') && ownDomain() === null;
      changing.hidden = !isMine || domain.removing;
      removing.hidden = !isMine || domain.named || domain.removing;
    } catch (failure) {
      if (current()) {
        error.hidden = false;
        setText(error, failure.status === 404 ? 'There is no such domain.' : `Not up to date: ${failure.message}.`);
      }
    }
  }

  async function change() {
    const done = await confirm({
      title: `Rules of ${name}`, text: 'They are replaced as a whole. Nobody is put out by a lower limit.', action: 'Set rules',
      fields: fields(domain), work: values => call('PUT', `domains/${segment(name)}`, bodyOf(values)),
    });
    if (done) {
      toast(`${name} has these rules.`);
      poller.now();
    }
  }

  async function letIn() {
    let made, link;
    const done = await confirm({
      title: `Let somebody into ${name}`, text: 'Makes a link for one person. It cannot be taken back.', action: 'Make join token',
      fields: [
        { name: 'name', label: 'Name', type: 'text', required: true, maxlength: 64, spellcheck: false },
        { name: 'room', label: 'Room', type: 'text', required: true, maxlength: 64, spellcheck: false },
        { name: 'minutes', label: 'Good for so many minutes', type: 'number', min: 1, max: 1440, required: true, value: 60 },
      ],
      work: async values => {
        made = await call('POST', `${inDomain(name)}tokens`, values);
        link = `${location.origin}/join/${segment(values.room)}${name === 'default' ? '' : `@${name}`}?token=${made.token}`;
      },
    });
    if (done)
      reveal({ title: 'A link for one person', text: 'It is told this once.', value: link });
  }

  async function remove() {
    const done = await confirm({
      title: `Remove ${name}?`, text: 'Its sessions end, its rooms close, its accounts, kept rooms and tokens go. Call records stay until their time.', action: 'Remove domain', danger: true,
      work: () => call('DELETE', `domains/${segment(name)}`),
    });
    if (done) {
      toast(`${name} is removed.`);
      poller.now();
    }
  }

  const of = kind => ownDomain() === null ? `#/domains/${segment(name)}/${kind}` : `#/${kind}`;
  return {
    title: name,
    root: el('div', null,
      ownDomain() === null ? el('p.crumbs', null, el('a', { href: '#/domains' }, 'Domains')) : null,
      el('div.heading', null, el('h1', null, name), state, el('div.actions', null, letting, changing, removing)), facts, error,
      el('dl.tiles', null, ...Object.values(tiles).map(t => t.root)),
      el('p', null, el('a', { href: of('rooms') }, 'Rooms'), ' · ', el('a', { href: of('users') }, 'Accounts'), ' · ', el('a', { href: of('calls') }, 'Calls')),
      el('section', null, el('h2', null, 'Usage'), el('p.hint', null, `By day in UTC, the last ${count(days)} days. Who is in two rooms is two members.`), usage.root)),
    update() {},
    dispose: poller.stop,
  };
}
