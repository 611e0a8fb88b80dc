export { openApi, type OpenApiOptions, type SwaggerOptions } from './openapi.ts'
