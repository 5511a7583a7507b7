package dev.lockstep.tftp.internal.http;

import dev.lockstep.tftp.concurrent.EventLoop;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

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

    /** Returns the reply to a request whose work is done on another thread. By default calls {@link #get}. */
    default CompletionStage<HttpReply> answer(HttpQuery query) {
        return CompletableFuture.completedFuture(get(query));
    }

    /** Returns a resource whose replies are completed on any thread. */
    static HttpResource async(AsyncResource resource) {
        return new HttpResource() {
            @Override
            public HttpReply get(HttpQuery query) {
                throw new UnsupportedOperationException("the reply is not known at once (expected: answer)");
            }

            @Override
            public CompletionStage<HttpReply> answer(HttpQuery query) {
                return resource.answer(query);
            }
        };
    }

    /** Replies on another thread. */
    @FunctionalInterface
    interface AsyncResource {
        /** Returns the reply, to be completed within seconds. Called on the thread of the HTTP port. */
        CompletionStage<HttpReply> answer(HttpQuery query);
    }
}
