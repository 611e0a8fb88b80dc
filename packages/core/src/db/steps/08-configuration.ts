export const CONFIGURATION_STEP = ''
