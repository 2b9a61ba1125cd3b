/** Where the engine writes its few lines; `console` is one. */
export interface Logger {
  info(message: string): void;
  warn(message: string): void;
}
