/** Why a file cannot be read, in words where the reason is a usual one. */
export function reasonOf(error: unknown): string {
  const code = (error as NodeJS.ErrnoException).code
  if (code === 'ENOENT') return 'there is no such file'
  if (code === 'EACCES') return 'permission denied; let the user that runs rota read it'
  if (code === 'EISDIR') return 'it is a folder, not a file'
  return (error as Error).message
}
