/** What disks, and buckets with folders, allow for the name of one file or folder, in bytes. */
export const longestName = 255;
