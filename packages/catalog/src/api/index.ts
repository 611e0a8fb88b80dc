export { catalogApi } from './api.ts'
