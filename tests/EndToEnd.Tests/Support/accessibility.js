// What a person who does not see the page, or not its colours, would stumble over: a list of complaints, empty where there are none.
() => {
  const complaints = [];
  const visible = node => node.checkVisibility({ opacityProperty: true, visibilityProperty: true });
  const describe = node => `${node.tagName.toLowerCase()}${node.id ? '#' + node.id : ''}.${node.className} "${(node.textContent ?? '').trim().slice(0, 40)}"`;

  // Names
  const nameOf = node => {
    const by = node.getAttribute('aria-labelledby');
    if (by)
      return by.split(' ').map(id => document.getElementById(id)?.textContent ?? '').join(' ').trim();
    return (node.getAttribute('aria-label') ?? (node.labels?.length ? node.labels[0].textContent : node.textContent) ?? '').trim();
  };
  const open = document.querySelector('dialog[open]');
  for (const node of (open ?? document).querySelectorAll('a[href], button, input, select, textarea, [tabindex], [role=img], nav, table, dialog, section[aria-label]')) {
    if (!visible(node) || node.id === 'main')
      continue;
    const name = node.tagName === 'TABLE' ? node.caption?.textContent : nameOf(node);
    if (!name && node.tagName !== 'SECTION')
      complaints.push(`no name: ${describe(node)}`);
  }
  const buttons = [...document.querySelectorAll('main button, main a[href]')].filter(visible).filter(b => b.tagName === 'BUTTON').map(nameOf);
  for (const name of new Set(buttons.filter((name, i) => buttons.indexOf(name) !== i)))
    complaints.push(`two buttons are called ${name}`);
  for (const image of document.images) {
    if (!image.hasAttribute('alt'))
      complaints.push(`no alt: ${describe(image)}`);
  }

  // Structure
  const ids = [...document.querySelectorAll('[id]')].map(node => node.id);
  for (const id of new Set(ids.filter((id, i) => ids.indexOf(id) !== i)))
    complaints.push(`the id ${id} twice`);
  if (!open && [...document.querySelectorAll('h1')].filter(visible).length !== 1)
    complaints.push('not one h1');
  const levels = [...document.querySelectorAll('h1, h2, h3')].filter(visible).map(h => Number(h.tagName[1]));
  if (levels.some((level, i) => i > 0 && level > levels[i - 1] + 1))
    complaints.push(`headings skip a level: ${levels}`);
  if (!document.documentElement.lang)
    complaints.push('no language');
  for (const node of document.querySelectorAll('[aria-controls], [aria-activedescendant], [aria-describedby]')) {
    for (const attribute of ['aria-controls', 'aria-activedescendant', 'aria-describedby']) {
      for (const id of node.getAttribute(attribute)?.split(' ').filter(Boolean) ?? []) {
        if (!document.getElementById(id))
          complaints.push(`${attribute} names ${id}, which is not there`);
      }
    }
  }
  for (const cell of document.querySelectorAll('main th:not(:has(*)):not(:empty), main thead th')) {
    if (!cell.textContent.trim())
      complaints.push(`a header cell without text: ${describe(cell)}`);
  }

  // Contrast (WCAG 2.2, 1.4.3)
  const canvas = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
  const rgba = color => {
    canvas.clearRect(0, 0, 1, 1);
    canvas.fillStyle = color;
    canvas.fillRect(0, 0, 1, 1);
    const [r, g, b, a] = canvas.getImageData(0, 0, 1, 1).data;
    return [r, g, b, a / 255];
  };
  const over = ([r, g, b, a], [R, G, B]) => [r * a + R * (1 - a), g * a + G * (1 - a), b * a + B * (1 - a)];
  const luminance = rgb => {
    const [r, g, b] = rgb.map(v => (v /= 255) <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const backdrop = node => {
    const layers = [];
    for (let at = node; at; at = at.parentElement)
      layers.push(rgba(getComputedStyle(at).backgroundColor));
    return layers.reverse().reduce((below, layer) => over(layer, below), [255, 255, 255]);
  };
  const seen = new Set();
  const walker = document.createTreeWalker(open ?? document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const node = walker.currentNode.parentElement;
    if (!walker.currentNode.textContent.trim() || !visible(node) || node.closest('.unseen, .skip, :disabled, noscript') || seen.has(node))
      continue;
    seen.add(node);
    const behind = backdrop(node), style = getComputedStyle(node);
    const front = over(rgba(node.closest('svg') ? style.fill : style.color), behind);
    const [light, dark] = [luminance(front), luminance(behind)].sort((a, b) => b - a);
    const ratio = (light + 0.05) / (dark + 0.05);
    const large = parseFloat(style.fontSize) >= 24 || (parseFloat(style.fontSize) >= 18.66 && Number(style.fontWeight) >= 700);
    if (ratio < (large ? 3 : 4.5))
      complaints.push(`contrast ${ratio.toFixed(2)}: ${describe(node)}`);
  }
  // Lines of charts (1.4.11)
  for (const path of document.querySelectorAll('path.line')) {
    const [light, dark] = [luminance(over(rgba(getComputedStyle(path).stroke), backdrop(path.closest('figure')))), luminance(backdrop(path.closest('figure')))].sort((a, b) => b - a);
    if ((light + 0.05) / (dark + 0.05) < 3)
      complaints.push(`a line with too little contrast: ${path.getAttribute('class')}`);
  }
  return complaints;
}
