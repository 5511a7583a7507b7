/**
 * What is on the wire: the six messages and how they are read from and written to bytes.
 *
 * <p>Start here: {@link dev.lockstep.tftp.codec.TftpMessage} is the whole vocabulary on one page,
 * {@link dev.lockstep.tftp.codec.TftpCodec} turns bytes into it and back,
 * {@link dev.lockstep.tftp.codec.TftpDatagramCodec} is the Netty handler around those two functions.
 */
package dev.lockstep.tftp.codec;
