export const MEMBERS_STEP = ''
