export { Applications, type ApplicationsDeps, type Draft } from './applications.ts'
export { NO_PERSONAL_DATA } from './card.ts'
export { readPriorityResources } from './priority-resources.ts'
export { type PriorityResource, type ResourceCard, Resources } from './resources.ts'
