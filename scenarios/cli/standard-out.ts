/** Folder for what a command writes where nobody says otherwise: repros, results, reports. */
export const standardOut = 'stormglass-out';
