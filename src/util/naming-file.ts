/** Makes the error of a write that fails name the file: Node says only `ENOSPC: no space left on device, write`. */
export async function namingFile<T>(path: string, written: Promise<T>): Promise<T> {
  try {
    return await written;
  } catch (thrown) {
    const error = thrown as NodeJS.ErrnoException;
    if (error.syscall === undefined || error.path !== undefined) throw thrown;
    const { code, syscall, errno } = error;
    const named = new Error(`${error.message} '${path}'`, { cause: thrown });
    throw Object.assign(named, { code, syscall, errno, path });
  }
}
