/**
 * What the heap bench exercises: the data plane in this process, with a world, a query and a place
 * for the reply all made beforehand.
 */

export interface Subject {
  /** Answers the same query once more and returns the reply's length in octets. */
  answer(): number
}

/** Makes a world with one weighted name; undefined while there is no engine to ask. */
export async function openSubject(): Promise<Subject | undefined> {
  return undefined
}
