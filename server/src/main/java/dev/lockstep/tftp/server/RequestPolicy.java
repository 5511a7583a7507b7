package dev.lockstep.tftp.server;

import dev.lockstep.tftp.codec.TftpException;
import dev.lockstep.tftp.codec.TftpMessage.Request;
import dev.lockstep.tftp.concurrent.EventLoop;
import dev.lockstep.tftp.concurrent.ThreadSafe;
import java.net.InetSocketAddress;

/**
 * Decides how a request is served. Called once for each request. Operations that may block, such as opening the file,
 * belong in the {@link dev.lockstep.tftp.server.storage.Storage} of the settings.
 */
@EventLoop
@ThreadSafe
@FunctionalInterface
public interface RequestPolicy {
    /**
     * Returns the settings for a request.
     *
     * @param request the request, with the file name as the client sent it
     * @param peer the source address of the request
     * @return the settings, never null
     * @throws TftpException to refuse the request; it is the ERROR that is sent
     */
    RequestSettings resolve(Request request, InetSocketAddress peer) throws TftpException;
}
