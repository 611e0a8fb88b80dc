export { type Settings, writeSettings } from './settings.ts'
