export const AGREEMENTS_STEP = ''
