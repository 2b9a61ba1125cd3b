export const profileTraining = undefined as never;
