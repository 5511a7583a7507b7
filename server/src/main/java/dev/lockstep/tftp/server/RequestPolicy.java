package dev.lockstep.tftp.server;

import dev.lockstep.tftp.codec.TftpMessage.Request;
import dev.lockstep.tftp.transfer.TftpException;
import java.net.InetSocketAddress;

/**
 * Decides how a request is treated. Asked once a request, on an event loop and by several of them at once: it must not
 * block. What may block, opening the file first of all, is for the {@link dev.lockstep.tftp.server.storage.Storage} of
 * the treatment.
 */
@FunctionalInterface
public interface RequestPolicy {
    /** How that request is treated, or the ERROR it gets. */
    RequestSettings resolve(Request request, InetSocketAddress peer) throws TftpException;
}
