/**
 * The wire format: the six messages of TFTP, and how they are decoded and encoded.
 *
 * <p>Start here: {@link dev.lockstep.tftp.codec.TftpMessage} defines all messages,
 * {@link dev.lockstep.tftp.codec.TftpCodec} converts between them and bytes, and
 * {@link dev.lockstep.tftp.codec.TftpDatagramCodec} is the Netty handler that uses it.
 *
 * <p>Arguments and results are not null where the documentation of a method does not mention null.
 */
package dev.lockstep.tftp.codec;
