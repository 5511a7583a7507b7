/**
 * Files of this machine as {@link dev.lockstep.tftp.transfer.Source} and {@link dev.lockstep.tftp.transfer.Sink},
 * for the root directory of a server and the downloads of a client. Files are read from an open descriptor. They are
 * written to a temporary file beside the target, which is renamed when complete.
 *
 * <p>Start here: {@link dev.lockstep.tftp.file.FileSink}. Everything in this package blocks.
 */
package dev.lockstep.tftp.file;
