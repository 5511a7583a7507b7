/**
 * URLs of the scheme {@code tftp}, for {@link java.net.URL}.
 *
 * <p>Start here: {@link dev.lockstep.tftp.client.internal.url.TftpUrlConnection}.
 */
package dev.lockstep.tftp.client.internal.url;
