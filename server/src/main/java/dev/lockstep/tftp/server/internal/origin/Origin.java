package dev.lockstep.tftp.server.internal.origin;

import dev.lockstep.tftp.concurrent.ThreadSafe;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpTimeoutException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.Flow.Publisher;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A server that has files: an HTTP server, or a bucket of an object store. It has threads and connections of its own, so
 * one that does not respond does not delay others.
 */
@ThreadSafe
final class Origin {
    /** Limit of fetches at the same time. Others wait for their turn. */
    static final int MAX_FETCHES = 32;

    private static final Logger LOG = LoggerFactory.getLogger("tftpd");

    private final String name;
    private final String identity;
    private final Supplier<HttpClient> client;
    private final Supplier<RequestSigner> signer;
    private final Executor executor;
    private final Executor uploads;
    private final ScheduledExecutorService timer;
    private final OriginCounters counters = new OriginCounters();

    private final Queue<Runnable> waiting = new ArrayDeque<>();
    private int fetching;
    private boolean unavailable;

    /**
     * Creates an origin.
     *
     * @param name the URI without a path, for logs
     * @param identity the name with the settings that decide what a client of it may read
     * @param client creates the client at its first use
     * @param signer creates the signer at its first use
     * @param executor runs what may block; the client uses it as well
     * @param uploads runs what waits for the responses to uploads
     * @param timer runs short tasks later
     */
    Origin(
            String name,
            String identity,
            Supplier<HttpClient> client,
            Supplier<RequestSigner> signer,
            Executor executor,
            Executor uploads,
            ScheduledExecutorService timer) {
        this.name = name;
        this.identity = identity;
        this.client = client;
        this.signer = signer;
        this.executor = executor;
        this.uploads = uploads;
        this.timer = timer;
    }

    String identity() {
        return identity;
    }

    OriginCounters counters() {
        return counters;
    }

    Executor executor() {
        return executor;
    }

    Executor uploads() {
        return uploads;
    }

    /** Creates the client in the background, which takes a while. */
    void warmUp() {
        executor.execute(client::get);
    }

    /** Runs a task on the executor after a time. */
    ScheduledFuture<?> later(Duration delay, Runnable task) {
        return timer.schedule(() -> executor.execute(task), delay.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** Runs a task on the executor when fewer fetches are running than may. It must call {@link #leave} at its end. */
    void enter(Runnable fetch) {
        synchronized (waiting) {
            if (fetching >= MAX_FETCHES) {
                waiting.add(fetch);
                return;
            }
            fetching++;
        }
        executor.execute(fetch);
    }

    /** Ends a fetch. */
    void leave() {
        Runnable next;
        synchronized (waiting) {
            next = waiting.poll();
            fetching -= next == null ? 1 : 0;
        }
        if (next != null) {
            executor.execute(next);
        }
    }

    /**
     * Sends a request without a body.
     *
     * @param limit the longest wait for the beginning of the response
     * @return completed with the response, whose body must be subscribed to, or with an {@link IOException}
     */
    CompletableFuture<HttpResponse<Publisher<List<ByteBuffer>>>> send(
            String method, URI uri, Map<String, String> fields, Duration limit) {
        CompletableFuture<HttpResponse<Publisher<List<ByteBuffer>>>> result = new CompletableFuture<>();
        executor.execute(() -> {
            try {
                HttpClient http = client.get();
                HttpTimeoutException late = new HttpTimeoutException("no response within " + limit.toMillis() + " ms");
                ScheduledFuture<?> timeout = later(limit, () -> result.completeExceptionally(late));
                result.whenComplete((response, failure) -> timeout.cancel(false));
                CompletableFuture<HttpResponse<Publisher<List<ByteBuffer>>>> sent =
                        http.sendAsync(request(method, uri, fields, null), BodyHandlers.ofPublisher());
                sent.whenComplete((response, failure) -> {
                    if (failure != null) {
                        result.completeExceptionally(failure);
                    } else if (!result.complete(response)) {
                        Discarded.subscribeTo(response.body());
                    }
                });
                result.whenComplete((response, failure) -> sent.cancel(true)); // no effect on a response
            } catch (IOException | RuntimeException e) {
                result.completeExceptionally(e);
            }
        });
        return result;
    }

    /**
     * Sends a request with a body and waits for the whole response.
     *
     * @param limit the longest wait for the response
     */
    HttpResponse<String> exchange(String method, URI uri, Map<String, String> fields, Payload payload, Duration limit)
            throws IOException {
        CompletableFuture<HttpResponse<String>> sent =
                client.get().sendAsync(request(method, uri, fields, payload), BodyHandlers.ofString());
        try {
            return sent.get(limit.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        } catch (java.util.concurrent.TimeoutException e) {
            throw new HttpTimeoutException("no response within " + limit.toSeconds() + " s");
        } catch (java.util.concurrent.ExecutionException e) {
            throw e.getCause() instanceof IOException known ? known : new IOException(e.getCause());
        } finally {
            sent.cancel(true);
        }
    }

    private HttpRequest request(String method, URI uri, Map<String, String> fields, Payload payload)
            throws IOException {
        HttpRequest.Builder request = HttpRequest.newBuilder(uri)
                .method(method, payload == null ? BodyPublishers.noBody() : payload.publisher());
        request.setHeader("User-Agent", "Lockstep-TFTP");
        signer.get().sign(method, uri, fields, payload).forEach(request::setHeader);
        return request.build();
    }

    /** Notes that the origin has answered. Logs it if it was unavailable before. */
    void available() {
        synchronized (waiting) {
            if (!unavailable) {
                return;
            }
            unavailable = false;
        }
        LOG.info("origin {} is available again", name);
    }

    /** Notes that the origin is unavailable. Logs it if it was available before. */
    void unavailable(String why) {
        counters.failures.increment();
        synchronized (waiting) {
            if (unavailable) {
                return;
            }
            unavailable = true;
        }
        LOG.warn("origin {} is unavailable: {}", name, why);
    }

    /** Returns the URI without a path. */
    @Override
    public String toString() {
        return name;
    }
}
