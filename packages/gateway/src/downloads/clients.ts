export async function serveClients (): Promise<void> {}
export async function serveOwnClients (): Promise<void> {}
