export { createPages, type CreatePagesDeps } from './create-pages.ts'
export { PERSON } from './pages.ts'
