// Nothing is done to anybody without having been asked for twice.
import { el } from './dom.js';

/** { name, label, options: [[value, text]] } is a choice, all others are inputs. */
function field({ name, label, options, value, ...properties }, i) {
  const common = { id: `field-${name}`, name, autofocus: i === 0, ...properties };
  return options
    ? el('select', common, ...options.map(([option, text]) => el('option', { value: option, selected: option === value }, text)))
    : el('input', { autocomplete: 'off', value, ...common });
}

/** An empty number is none. */
const valueOf = input => input.type === 'number' ? (input.value === '' ? undefined : Number(input.value)) : input.value;

/**
 * Asks; does it when told to; stays open and says why when that fails. Resolves to true once it is done.
 * { title, text, action, danger, fields: [{ name, label, ...properties of an input }], work({ name: value }) }
 */
export function confirm({ title, text, action, danger, fields = [], work }) {
  return new Promise(resolve => {
    const error = el('p.error', { role: 'alert' });
    const cancel = el('button', { type: 'button', autofocus: fields.length === 0, click: () => dialog.close() }, 'Cancel');
    const go = el(danger ? 'button.danger' : 'button.primary', { type: 'submit' }, action);
    const inputs = fields.map(field);
    const dialog = el('dialog', { 'aria-labelledby': 'dialog-title', 'aria-describedby': 'dialog-text' },
      el('form', { submit: act },
        el('h2', { id: 'dialog-title' }, title), el('p', { id: 'dialog-text' }, text),
        ...fields.flatMap(({ name, label }, i) => [el('label', { for: `field-${name}` }, label), inputs[i]]),
        error, el('div.buttons', null, cancel, go)));
    let done = false;

    async function act(event) {
      event.preventDefault();
      go.disabled = cancel.disabled = true;
      error.textContent = '';
      try {
        await work(Object.fromEntries(inputs.map(input => [input.name, valueOf(input)])));
        done = true;
        dialog.close();
      } catch (failure) {
        error.textContent = `Not done: ${failure.message}.`;
        go.disabled = cancel.disabled = false;
        go.focus();
      }
    }

    // What is under way is not taken back by closing its window.
    dialog.addEventListener('cancel', event => { if (go.disabled) event.preventDefault(); });
    dialog.addEventListener('close', () => {
      dialog.remove();
      // What opened it may be gone with what was done.
      if (document.activeElement === document.body)
        document.getElementById('main').focus();
      resolve(done);
    });
    document.body.append(dialog);
    dialog.showModal();
  });
}

/** Shows what is told this once, until it is closed. { title, text, value } */
export function reveal({ title, text, value }) {
  const close = el('button.primary', { type: 'button', click: () => dialog.close() }, 'Close');
  const secret = el('textarea', { id: 'field-revealed', readonly: true, rows: 4, spellcheck: false, 'aria-label': title, focus: () => secret.select() });
  secret.value = value;
  const copy = el('button', { type: 'button', click: () => navigator.clipboard.writeText(value).then(() => toast('Copied.'), () => secret.select()) }, 'Copy');
  // Over plain HTTP from elsewhere there is no clipboard: it is selected there.
  copy.hidden = !navigator.clipboard;
  const dialog = el('dialog', { 'aria-labelledby': 'dialog-title', 'aria-describedby': 'dialog-text' },
    el('h2', { id: 'dialog-title' }, title), el('p', { id: 'dialog-text' }, text), secret, el('div.buttons', null, copy, close));
  dialog.addEventListener('close', () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
}

let hiding;

/** What was done, for a few seconds. */
export function toast(text) {
  const node = document.getElementById('toast');
  node.textContent = text;
  clearTimeout(hiding);
  hiding = setTimeout(() => { node.textContent = ''; }, 6000);
}
