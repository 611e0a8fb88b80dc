export const SUSPENSION_STEP = ''
