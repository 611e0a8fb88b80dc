import { type Html, raw } from '../html.ts'

/** Drawn for us on a grid of 16, in the colour and size of the text beside them. Always beside a text: hidden from screen readers. */
const PATHS = {
  agreement: '<path d="M3.5 1.75h6l3 3v9.5h-9z"/><path d="M6 7.5h4M6 10.25h4"/>',
  audit: '<path d="M2.5 3.5h11M2.5 8h7M2.5 12.5h4"/><circle cx="12" cy="10.5" r="2"/><path d="m13.5 12 1.5 1.5"/>',
  backup: '<path d="M2 4.5 8 1.75l6 2.75L8 7.25z"/><path d="m2 8 6 2.75L14 8M2 11.5l6 2.75 6-2.75"/>',
  bad: '<circle cx="8" cy="8" r="6.25"/><path d="m5.75 5.75 4.5 4.5m0-4.5-4.5 4.5"/>',
  bell: '<path d="M4 6.5a4 4 0 0 1 8 0c0 3 1.25 4.5 1.25 4.5H2.75S4 9.5 4 6.5M6.5 13.5a1.6 1.6 0 0 0 3 0"/>',
  calendar: '<rect x="2" y="3" width="12" height="11" rx="1"/><path d="M2 6.5h12M5 1.5V4m6-2.5V4"/>',
  check: '<path d="m3 8.5 3.25 3.25L13 5"/>',
  classifier: '<path d="M6 3.5h8M6 8h8M6 12.5h8"/><path d="M2 3.5h1M2 8h1M2 12.5h1"/>',
  close: '<path d="m3.75 3.75 8.5 8.5m0-8.5-8.5 8.5"/>',
  copy: '<rect x="5.5" y="5.5" width="8.5" height="8.5" rx="1"/><path d="M10.5 5.5V3a1 1 0 0 0-1-1H3a1 1 0 0 0-1 1v6.5a1 1 0 0 0 1 1h2.5"/>',
  document: '<path d="M3.5 1.75h6l3 3v9.5h-9z"/><path d="M9.25 2v3h3"/>',
  down: '<path d="m3.5 6 4.5 4.5L12.5 6"/>',
  download: '<path d="M8 2v8.5m0 0 3.5-3.5M8 10.5 4.5 7M2.5 13.75h11"/>',
  edit: '<path d="m10.5 2.75 2.75 2.75-7.5 7.5L2.5 13.5l.5-3.25z"/>',
  external: '<path d="M9.5 2.5h4v4m0-4-6 6M6.5 3.5h-4v10h10v-4"/>',
  filter: '<path d="M1.75 3.5h12.5M4 8h8m-5.5 4.5h3"/>',
  gateway: '<path d="M2 14V5.5L8 2l6 3.5V14"/><path d="M5.25 14V8.5h5.5V14M2 14h12"/>',
  globe: '<circle cx="8" cy="8" r="6.25"/><path d="M1.75 8h12.5M8 1.75c-4 4-4 8.5 0 12.5 4-4 4-8.5 0-12.5"/>',
  group: '<circle cx="5.75" cy="5" r="2.5"/><path d="M1.25 13.5c0-3 1.75-4.75 4.5-4.75s4.5 1.75 4.5 4.75M10.5 2.75a2.5 2.5 0 0 1 0 4.5m1.25 2c2 .5 3 2 3 4.25"/>',
  home: '<path d="M2 7.5 8 2.25l6 5.25M3.75 6.5v7.25h8.5V6.5"/>',
  idle: '<circle cx="8" cy="8" r="6.25"/><path d="M5 8h6"/>',
  info: '<circle cx="8" cy="8" r="6.25"/><path d="M8 7.25v4M8 4.75v.01"/>',
  inbox: '<path d="M2 9.5 4 3h8l2 6.5v4H2z"/><path d="M2 9.5h3.5L6.5 11.5h3l1-2H14"/>',
  key: '<circle cx="5" cy="11" r="3"/><path d="m7.25 8.75 6.5-6.5M11 5l2.25 2.25"/>',
  left: '<path d="M10 3.5 5.5 8l4.5 4.5"/>',
  link: '<path d="M6.75 9.25a3 3 0 0 0 4.25 0l2-2a3 3 0 0 0-4.25-4.25l-.75.75M9.25 6.75a3 3 0 0 0-4.25 0l-2 2A3 3 0 0 0 7.25 13l.75-.75"/>',
  lock: '<rect x="3" y="7" width="10" height="7" rx="1"/><path d="M5 7V5a3 3 0 0 1 6 0v2"/>',
  menu: '<path d="M2 4h12M2 8h12M2 12h12"/>',
  ok: '<circle cx="8" cy="8" r="6.25"/><path d="m5.25 8.25 2 2 3.75-4"/>',
  organisation: '<path d="M1.75 6 8 2.25 14.25 6zM3.5 6v6M6.5 6v6m3-6v6m3-6v6M1.75 13.75h12.5"/>',
  overview: '<rect x="2" y="2" width="5" height="5" rx=".75"/><rect x="9" y="2" width="5" height="5" rx=".75"/><rect x="2" y="9" width="5" height="5" rx=".75"/><rect x="9" y="9" width="5" height="5" rx=".75"/>',
  pause: '<circle cx="8" cy="8" r="6.25"/><path d="M6.25 5.75v4.5m3.5-4.5v4.5"/>',
  plus: '<path d="M8 2.5v11M2.5 8h11"/>',
  publish: '<path d="M8 13.5V5m0 0L4.5 8.5M8 5l3.5 3.5M2.5 2.25h11"/>',
  right: '<path d="M6 3.5 10.5 8 6 12.5"/>',
  search: '<circle cx="7" cy="7" r="4.75"/><path d="m10.5 10.5 3.75 3.75"/>',
  service: '<path d="m5.5 4-4 4 4 4m5-8 4 4-4 4"/>',
  settings: '<path d="M1.75 4.5h7.5m4 0h1M1.75 11.5h1m4 0h7.5"/><circle cx="11.25" cy="4.5" r="2"/><circle cx="4.75" cy="11.5" r="2"/>',
  shield: '<path d="M8 1.75 2.75 3.5v4.25c0 3 2 5.25 5.25 6.5 3.25-1.25 5.25-3.5 5.25-6.5V3.5z"/><path d="m5.75 8 1.75 1.75 3-3.25"/>',
  'sign-out': '<path d="M6.5 2.5h-4v11h4M10 4.5 13.5 8 10 11.5M13.5 8H6"/>',
  trash: '<path d="M2.5 4.25h11M6 4V2.25h4V4M4 4.25l.5 9.5h7l.5-9.5M6.75 7v4m2.5-4v4"/>',
  up: '<path d="M3.5 10 8 5.5l4.5 4.5"/>',
  upload: '<path d="M8 10.5V2m0 0L4.5 5.5M8 2l3.5 3.5M2.5 13.75h11"/>',
  user: '<circle cx="8" cy="5" r="2.75"/><path d="M2.75 14c0-3.25 2-5 5.25-5s5.25 1.75 5.25 5"/>',
  warn: '<path d="M8 2.25 14.5 13.5h-13z"/><path d="M8 6.5v3.25M8 11.6v.01"/>',
  wait: '<circle cx="8" cy="8" r="6.25"/><path d="M8 4.5V8l2.25 1.5"/>'
} as const

export type IconName = keyof typeof PATHS

export const ICONS = Object.keys(PATHS) as IconName[]

/** A drawing beside a text. Says nothing by itself: the text must. */
export function icon (name: IconName): Html {
  return raw(`<svg class="icon" ${DRAWN} aria-hidden="true" focusable="false">${PATHS[name]}</svg>`)
}

/** The same as a file, for components that fetch their drawings. */
export function iconFile (name: IconName): string {
  return `<svg xmlns="http://www.w3.org/2000/svg" ${DRAWN}>${PATHS[name]}</svg>`
}

const DRAWN = 'viewBox="0 0 16 16" width="16" height="16" fill="none" stroke="currentColor" stroke-width="1.5" stroke-linecap="round" stroke-linejoin="round"'
