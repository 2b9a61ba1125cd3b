import type { Operations } from './operations.ts';
import { stockOperations } from './stock-operations.ts';

/** With our kernels. */
export const ourOperations: Operations = stockOperations;
