export async function serveWsdl (): Promise<void> {}
