/**
 * Files of this machine as {@link dev.lockstep.tftp.transfer.Source} and {@link dev.lockstep.tftp.transfer.Sink},
 * the same for a daemon's folder and a client's download: read from an open descriptor, written beside the target and
 * renamed when whole.
 *
 * <p>Start here: {@link dev.lockstep.tftp.file.FileSink}. Everything in this package blocks.
 */
package dev.lockstep.tftp.file;
