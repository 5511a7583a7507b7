/**
 * Files as transfers read and write them. A {@link dev.lockstep.tftp.io.Source} provides the bytes of a file, a
 * {@link dev.lockstep.tftp.io.Sink} stores them; implement one to use another place. Methods may block.
 *
 * <p>{@link dev.lockstep.tftp.io.MemorySource} sends an array. For files of this machine:
 * {@link dev.lockstep.tftp.io.FileSource} reads from an open descriptor. {@link dev.lockstep.tftp.io.FileSink} writes to a temporary file beside the target, which is renamed when complete.
 * {@link dev.lockstep.tftp.io.SecureDirectory} resolves names inside a directory without leaving it.
 *
 * <p>Arguments and results are not null where the documentation of a method does not mention null.
 */
package dev.lockstep.tftp.io;
