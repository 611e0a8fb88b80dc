import type { FastifyInstance } from 'fastify'
import {
  accessPages, applicationPages, frontPages, interfacePages, organisationPages, resourcePages, servicePages, statusPages, verificationPages, type Site
} from './pages/index.ts'
import { exportRoutes } from './export/index.ts'
import { referencePages } from './reference/index.ts'
import { searchPages } from './search/index.ts'

/** A part of the site: registers its pages, and routes of other kinds (exports, feeds) at the app itself; each with its full path below `/catalog`. */
export type Area = (site: Site, app: FastifyInstance) => void | Promise<void>

/** Every part of the site. */
export const AREAS: readonly Area[] = [
  frontPages, organisationPages, resourcePages, interfacePages, servicePages, statusPages, applicationPages, verificationPages, accessPages, searchPages, exportRoutes, referencePages
]
