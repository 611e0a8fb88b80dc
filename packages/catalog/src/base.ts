/** Everything of the catalog is below this path, mounted beside the console of the core and in a process of its own alike: links are the same. */
export const BASE = '/catalog'
