// Figures as people read them. What is not known is a dash, never a 0.

const dash = '–';
const whole = new Intl.NumberFormat(undefined, { maximumFractionDigits: 0 });
const short = new Intl.NumberFormat(undefined, { maximumSignificantDigits: 3 });
const clockFormat = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' });
const minuteFormat = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
const dayFormat = new Intl.DateTimeFormat(undefined, { year: 'numeric', month: 'short', day: 'numeric', hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });

const known = value => value !== null && value !== undefined && Number.isFinite(value);
const scaled = (value, unit, steps) => {
  let i = 0;
  while (i < steps.length - 1 && Math.abs(value) >= 999.5) {
    value /= 1000;
    i++;
  }
  return `${value >= 100 ? whole.format(value) : short.format(value)}\u00a0${steps[i]}${unit}`;
};

export const count = value => known(value) ? whole.format(value) : dash;
export const bits = value => known(value) ? scaled(value, 'bit/s', ['', 'k', 'M', 'G', 'T']) : dash;
export const bytes = value => known(value) ? scaled(value, 'B', ['', 'k', 'M', 'G', 'T']) : dash;
export const rate = value => known(value) ? scaled(value, '/s', ['', 'k', 'M', 'G']).replace('\u00a0/s', '/s') : dash;
/** 7.32 k datagrams/s */
export const datagrams = value => known(value) ? `${scaled(value, '', ['', 'k', 'M', 'G']).trim()} datagrams/s` : dash;
export const percent = part => known(part) ? `${short.format(part * 100)}\u00a0%` : dash;
/** Microseconds. */
export const delay = value => known(value) ? (value >= 20000 ? `≥\u00a0${scaled(value, 's', ['µ', 'm', ''])}` : scaled(value, 's', ['µ', 'm', ''])) : dash;
export const roundTrip = value => known(value) ? scaled(value, 's', ['µ', 'm', '']) : dash;
export const decimal = value => known(value) ? short.format(value) : dash;
export const clock = at => clockFormat.format(at);
export const minute = at => minuteFormat.format(at);
export const day = at => known(at) ? dayFormat.format(at) : dash;
export const some = (number, one, many) => `${count(number)}\u00a0${number === 1 ? one : many ?? one + 's'}`;

/** 3 min, 2 h 5 min, 4 d 3 h */
export function span(milliseconds) {
  if (!known(milliseconds))
    return dash;
  const s = Math.max(0, Math.round(milliseconds / 1000)), m = Math.floor(s / 60), h = Math.floor(m / 60), d = Math.floor(h / 24);
  return d > 0 ? `${d} d ${h % 24} h` : h > 0 ? `${h} h ${m % 60} min` : m > 0 ? `${m} min` : `${s} s`;
}
