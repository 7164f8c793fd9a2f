// Lines on a field of 24 x 24, drawn for this page.
import { svg } from '/console/dom.js';

const paths = {
  microphone: 'M12 3a3 3 0 0 1 3 3v5a3 3 0 0 1-6 0V6a3 3 0 0 1 3-3zM5.5 11a6.5 6.5 0 0 0 13 0M12 17.5V21',
  microphoneOff: 'M9 9v2a3 3 0 0 0 4.6 2.5M15 10.5V6a3 3 0 0 0-5.7-1.3M5.5 11a6.5 6.5 0 0 0 10 5.5M18.5 11c0 1-.2 1.900-.6 2.800M12 17.500V21M4 4l16 16',
  camera: 'M4.500 7h9A1.500 1.500 0 0 1 15 8.500v7a1.500 1.500 0 0 1-1.500 1.500h-9A1.500 1.500 0 0 1 3 15.500v-7A1.500 1.500 0 0 1 4.500 7zM15 11l6-3.500v9L15 13',
  cameraOff: 'M6 7H4.500A1.500 1.500 0 0 0 3 8.500v7A1.500 1.500 0 0 0 4.500 17h9c.500 0 1-.3 1.200-.7M10 7h3.500A1.500 1.500 0 0 1 15 8.500V11l6-3.500v9l-3-1.800M4 4l16 16',
  screen: 'M4 5h16v11H4zM9 20h6M12 16v4M12 13V8.500M9.500 10.500L12 8l2.500 2.500',
  screenOff: 'M4 5h16v11H4zM9 20h6M12 16v4M9.500 8l5 5M14.500 8l-5 5',
  chat: 'M5 5h14a1.500 1.500 0 0 1 1.500 1.500v8A1.500 1.500 0 0 1 19 16h-7l-4.500 3.500V16H5a1.500 1.500 0 0 1-1.500-1.500v-8A1.500 1.500 0 0 1 5 5z',
  people: 'M9 11a3.200 3.200 0 1 0 0-6.400A3.200 3.200 0 0 0 9 11zM3 19c0-3 2.500-5 6-5s6 2 6 5M15.500 5a3 3 0 0 1 0 5.800M17 14.300c2.400.5 4 2.200 4 4.700',
  grid: 'M4 5h7v6H4zM13 5h7v6h-7zM4 13h7v6H4zM13 13h7v6h-7z',
  spotlight: 'M4 5h16v9H4zM4 17h4v2.500H4zM10 17h4v2.500h-4zM16 17h4v2.500h-4z',
  leave: 'M3 14.500c0-3 4-5.500 9-5.500s9 2.500 9 5.500v1a1 1 0 0 1-1.200 1l-3.600-.8a1 1 0 0 1-.8-1v-1.900a12 12 0 0 0-6.800 0v1.900a1 1 0 0 1-.8 1l-3.600.8A1 1 0 0 1 3 15.500z',
  settings: 'M4 7h9M17 7h3M4 17h3M11 17h9M15 4.800v4.400M9 14.800v4.400',
  keys: 'M3.500 6.500h17v11h-17zM7 10h.01M10.300 10h.01M13.700 10h.01M17 10h.01M8 14h8',
  close: 'M6 6l12 12M18 6L6 18',
  send: 'M4 12l16-7-6 15-3-6.500zM11 13.500L20 5',
  link: 'M10 14a4 4 0 0 0 5.700 0l3-3A4 4 0 0 0 13 5.300L11.800 6.500M14 10a4 4 0 0 0-5.700 0l-3 3A4 4 0 0 0 11 18.700l1.200-1.200',
  lock: 'M6.500 11h11v8.500h-11zM8.500 11V8a3.500 3.500 0 0 1 7 0v3',
  pin: 'M9 4h6l-.7 6 3.200 3v1.500h-11V13l3.200-3zM12 14.500V20',
};

export function icon(name) {
  const drawn = svg('svg', { viewBox: '0 0 24 24', class: 'icon', 'aria-hidden': 'true' });
  drawn.append(svg('path', { d: paths[name] }));
  return drawn;
}

/** Another drawing in the same place. */
export function setIcon(drawn, name) {
  drawn.firstChild.setAttribute('d', paths[name]);
}
