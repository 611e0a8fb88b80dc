export const REGISTRATION_STEP = ''
