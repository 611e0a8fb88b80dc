export { administratorKeyOf, type Settings, writeSettings } from './settings.ts'
