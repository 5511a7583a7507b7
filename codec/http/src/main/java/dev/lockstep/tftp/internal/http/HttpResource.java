package dev.lockstep.tftp.internal.http;

import dev.lockstep.tftp.concurrent.EventLoop;

/** Replies to the requests for one path. */
@EventLoop
@FunctionalInterface
public interface HttpResource {
    /**
     * Returns the reply to a request. Called on the thread of the HTTP port, and for HEAD as well as GET.
     *
     * @throws RuntimeException is reported to {@link HttpPort.Builder#failures}, and the client gets status 500
     */
    HttpReply get(HttpQuery query);
}
