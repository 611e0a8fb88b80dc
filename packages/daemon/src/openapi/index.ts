export { openApi, type OpenApiOptions } from './openapi.ts'
