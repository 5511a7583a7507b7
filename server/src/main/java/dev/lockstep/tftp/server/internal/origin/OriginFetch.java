package dev.lockstep.tftp.server.internal.origin;

import dev.lockstep.tftp.codec.ErrorCode;
import dev.lockstep.tftp.codec.TftpException;
import dev.lockstep.tftp.concurrent.ThreadSafe;
import dev.lockstep.tftp.io.FileErrors;
import dev.lockstep.tftp.io.Source;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpHeaders;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow.Publisher;
import java.util.concurrent.Flow.Subscriber;
import java.util.concurrent.Flow.Subscription;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Fetches or validates a file once for all requests that wait for it. They get the file as soon as the fields of the
 * response are there, and read it while it grows. If the connection breaks, the fetch is resumed. Bytes that were
 * received before are kept only if the rest is certain to be of the same version: the origin says so, or it sends
 * everything again and the beginning is equal.
 */
@ThreadSafe
final class OriginFetch {
    private static final Logger LOG = LoggerFactory.getLogger("tftpd");

    private static final int OK = 200;
    private static final int PARTIAL = 206;
    private static final int NOT_MODIFIED = 304;
    private static final int RANGE_NOT_SATISFIABLE = 416;
    private static final int SERVER_ERROR = 500;
    private static final Set<Integer> TEMPORARY = Set.of(408, 425, 429);
    private static final Set<Integer> REDIRECTS = Set.of(301, 302, 303, 307, 308);
    private static final int MAX_REDIRECTS = 5;
    private static final Pattern CONTENT_RANGE = Pattern.compile("bytes (\\d+)-(\\d+)/(\\d+|\\*)");
    private static final String CHANGED = "file changed at the origin, try again";

    private static final Duration MIN_DELAY = Duration.ofMillis(100);
    private static final Duration MAX_DELAY = Duration.ofSeconds(2);

    private final OriginCache cache;
    private final Resource resource;
    private final Origin origin;
    private final OriginTimes times;
    private final OriginCache.Cached known;
    private final CompletableFuture<SpoolFile> opened = new CompletableFuture<>();
    private final AtomicBoolean requests = new AtomicBoolean();
    private final AtomicBoolean ended = new AtomicBoolean();

    private URI uri;
    private int redirects;
    private Instant requested;
    private Instant received;
    private Map<String, String> fields;
    private ContentDigest digest;
    private SpoolFile file;
    private long reserved;
    /** The time of the last progress, in nanoseconds. */
    private long progressAt;

    /** The number of bytes that the digest covers. */
    private long digested;

    private long begunAt;
    private Duration delay = MIN_DELAY;

    /**
     * Creates a fetch that starts with {@link #start}.
     *
     * @param known the file in the cache, which is validated, or null; this fetch takes over a use of its file
     */
    OriginFetch(OriginCache cache, Resource resource, OriginCache.Cached known) {
        this.cache = cache;
        this.resource = resource;
        this.origin = resource.origin();
        this.times = cache.times();
        this.known = known;
        this.uri = resource.uri();
    }

    /** Returns the file, as soon as it can be read or its size is known, or the failure. */
    CompletableFuture<SpoolFile> opened() {
        return opened;
    }

    /** Counts a request that waits for this fetch. The first one has started it. */
    void countRequest() {
        if (!requests.compareAndSet(false, true)) {
            origin.counters().joined.increment();
        }
    }

    void start() {
        begunAt = System.nanoTime();
        origin.enter(() -> guarded(this::request));
    }

    /** Runs a step. An unexpected failure ends the fetch, so that no request waits for it. */
    private void guarded(Runnable step) {
        try {
            step.run();
        } catch (RuntimeException | Error e) {
            LOG.error("fetch of {} failed", resource.uri(), e);
            fail(TftpException.of(e));
        }
    }

    /** Requests the file, or the rest of it. */
    private void request() {
        requested = cache.now();
        Map<String, String> conditions = new HashMap<>();
        conditions.put("Accept-Encoding", "identity"); // the bytes as they are stored
        // without a strong validator, nothing would tell whether the rest is of the same version
        boolean rest =
                file != null && digested == file.written() && strongValidator().isPresent();
        long begun = rest ? digested : 0;
        if (begun > 0) {
            conditions.put("Range", "bytes=" + begun + "-");
            conditions.put("If-Range", strongValidator().get());
        } else if (file == null && known != null) {
            conditions.putAll(known.entry().conditions());
        }
        origin.send("GET", uri, conditions, times.headers())
                .whenCompleteAsync(
                        (response, failure) -> guarded(() -> {
                            if (failure != null) {
                                broken(OriginErrors.reasonOf(failure));
                            } else {
                                onResponse(response, begun);
                            }
                        }),
                        origin.executor());
    }

    /** Returns the validator for a range. A weak one is not allowed (RFC 9110, 13.1.5). */
    private Optional<String> strongValidator() {
        return Optional.ofNullable(fields.get("etag")).filter(etag -> !etag.startsWith("W/"));
    }

    private void onResponse(HttpResponse<Publisher<List<ByteBuffer>>> response, long begun) {
        int status = response.statusCode();
        received = cache.now();
        Map<String, String> answered = fieldsOf(response.headers());
        boolean hasBody = status == OK || status == PARTIAL && begun > 0;
        if (!hasBody) {
            Discarded.subscribeTo(response.body());
        }
        if (REDIRECTS.contains(status)) {
            redirect(status, answered.get("location"));
        } else if (status >= SERVER_ERROR || TEMPORARY.contains(status)) {
            broken("HTTP status " + status);
        } else if (file != null) {
            resume(response, answered, begun);
        } else if (status == OK) {
            begin(response, answered);
        } else if (status == NOT_MODIFIED && known != null) {
            origin.available();
            notModified(answered);
        } else if (OriginErrors.isNotFound(status)) {
            origin.available();
            cache.notFound(resource);
            fail(OriginErrors.ofStatus(status));
        } else if (OriginErrors.isForbidden(status)) {
            origin.counters().failures.increment();
            fail(OriginErrors.ofStatus(status));
        } else {
            String unexpected = status == NOT_MODIFIED ? " (expected: 200, as nothing is cached)" : "";
            broken("HTTP status " + status + unexpected);
        }
    }

    private static Map<String, String> fieldsOf(HttpHeaders headers) {
        Map<String, String> fields = new HashMap<>();
        headers.map().forEach((name, values) -> fields.put(name.toLowerCase(Locale.ROOT), String.join(", ", values)));
        return fields;
    }

    private void redirect(int status, String location) {
        URI target;
        try {
            target = uri.resolve(location == null ? "" : location);
        } catch (IllegalArgumentException e) {
            target = URI.create("");
        }
        redirects++;
        if (target.getRawPath() != null && target.getRawPath().endsWith("/")) {
            fail(OriginErrors.notFound("HTTP status " + status + ", to a folder"));
        } else if (!isWithinOrigin(uri, target)) {
            refuse("redirect to " + target.getScheme() + "://" + target.getAuthority() + " (expected: " + origin + ")");
        } else if (redirects > MAX_REDIRECTS) {
            refuse("more than " + MAX_REDIRECTS + " redirects");
        } else {
            uri = target;
            request();
        }
    }

    /** Returns whether a URI leads to the same host and port, or from HTTP to HTTPS on the same host. */
    static boolean isWithinOrigin(URI from, URI to) {
        if (to.getHost() == null || to.getUserInfo() != null || !to.getHost().equalsIgnoreCase(from.getHost())) {
            return false;
        }
        boolean same = from.getScheme().equalsIgnoreCase(to.getScheme()) && portOf(from) == portOf(to);
        return same || portOf(from) == 80 && "https".equalsIgnoreCase(to.getScheme()) && portOf(to) == 443;
    }

    private static int portOf(URI uri) {
        if (uri.getPort() >= 0) {
            return uri.getPort();
        }
        return "https".equalsIgnoreCase(uri.getScheme()) ? 443 : 80;
    }

    /** Begins with the whole file. */
    private void begin(HttpResponse<Publisher<List<ByteBuffer>>> response, Map<String, String> answered) {
        try {
            if (!answered.getOrDefault("content-encoding", "identity").equalsIgnoreCase("identity")) {
                throw OriginErrors.unavailable("Content-Encoding: " + answered.get("content-encoding"));
            }
            long size = response.headers().firstValueAsLong("Content-Length").orElse(Source.UNKNOWN_SIZE);
            reserve(size == Source.UNKNOWN_SIZE ? cache.spool().stepOfUnknownSize(0) : size);
            file = cache.spool().create(resource.key(), size);
        } catch (IOException | NumberFormatException e) {
            Discarded.subscribeTo(response.body());
            origin.counters().failures.increment();
            fail(TftpException.of(e));
            return;
        }
        origin.available();
        adopt(answered);
        progressAt = System.nanoTime();
        opened.complete(file);
        response.body().subscribe(new Body(0));
    }

    private void reserve(long bytes) throws IOException {
        cache.spool().reserve(bytes);
        reserved += bytes;
    }

    private void adopt(Map<String, String> answered) {
        fields = answered;
        digest = ContentDigest.of(answered);
        digested = 0;
    }

    /** Continues with the rest of the file, or compares the whole file with what was received before. */
    private void resume(HttpResponse<Publisher<List<ByteBuffer>>> response, Map<String, String> answered, long begun) {
        int status = response.statusCode();
        if (status == PARTIAL && begun > 0 && isRestOf(answered, begun)) {
            response.body().subscribe(new Body(begun));
        } else if (status == OK && isSameSize(response.headers())) {
            adopt(answered); // if the beginning is equal, everything is of this version
            response.body().subscribe(new Body(0));
        } else {
            if (status == OK || status == PARTIAL) {
                Discarded.subscribeTo(response.body());
            }
            changed("HTTP status " + status + " to the request for the rest");
        }
    }

    private boolean isSameSize(HttpHeaders headers) {
        long size = headers.firstValueAsLong("Content-Length").orElse(Source.UNKNOWN_SIZE);
        return file.size() == Source.UNKNOWN_SIZE || file.size() == size;
    }

    private boolean isRestOf(Map<String, String> answered, long begun) {
        Matcher range = CONTENT_RANGE.matcher(answered.getOrDefault("content-range", ""));
        if (!range.matches()
                || strongValidator().isEmpty()
                || !strongValidator().get().equals(answered.get("etag"))) {
            return false;
        }
        String total = range.group(3);
        boolean sameSize =
                total.equals("*") || file.size() == Source.UNKNOWN_SIZE || total.equals(Long.toString(file.size()));
        return range.group(1).equals(Long.toString(begun)) && sameSize;
    }

    private void changed(String why) {
        origin.counters().failures.increment();
        fail(new TftpException(ErrorCode.NOT_DEFINED, CHANGED).because(why));
    }

    private void notModified(Map<String, String> answered) {
        CacheEntry entry = known.entry().validated(CacheEntry.kept(answered), requested, received);
        origin.counters().validated.increment();
        cache.validated(resource, known, entry);
        end(known.file(), null);
    }

    /** Called when the origin cannot be reached, or the connection is broken. */
    private void broken(String why) {
        if (file == null) {
            refuse(why);
        } else if (System.nanoTime() - progressAt > times.resume().toNanos()) {
            origin.unavailable(why);
            fail(OriginErrors.unavailable(why));
        } else {
            LOG.info("fetch of {} is resumed at {} bytes: {}", resource.uri(), file.written(), why);
            origin.counters().resumed.increment();
            origin.later(delay, () -> guarded(this::request));
            delay = delay.multipliedBy(2).compareTo(MAX_DELAY) < 0 ? delay.multipliedBy(2) : MAX_DELAY;
        }
    }

    /** Serves the stale file if there is one and it may be served, otherwise fails. */
    private void refuse(String why) {
        origin.unavailable(why);
        if (file == null && known != null && cache.servesOnError(resource, known)) {
            known.retryAt(cache.now().plus(times.retry()));
            origin.counters().stale.increment();
            end(known.file(), null);
        } else {
            fail(OriginErrors.unavailable(why));
        }
    }

    private void fail(TftpException failure) {
        if (file != null) {
            LOG.warn("fetch of {} failed at {} bytes: {}", resource.uri(), file.written(), failure.explained());
        }
        end(null, failure);
        if (file != null) {
            file.fail(failure);
        }
    }

    /** Called when the whole body was received. */
    private void finish() {
        if (file.size() != Source.UNKNOWN_SIZE && file.written() != file.size()) {
            broken("body ended after " + file.written() + " bytes (expected: " + file.size() + ")");
            return;
        }
        Optional<String> mismatch = digest.mismatch();
        if (mismatch.isPresent()) {
            origin.counters().failures.increment();
            fail(OriginErrors.unavailable("body does not match " + mismatch.get()));
            return;
        }
        long written = file.written();
        CacheEntry entry = new CacheEntry(
                resource.uri().toString(),
                file.name(),
                written,
                file.checksums(),
                CacheEntry.kept(fields),
                requested,
                received);
        cache.fetched(resource, file, entry);
        LOG.info(
                "fetched {}: {} bytes in {} ms",
                resource.uri(),
                written,
                TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begunAt));
        end(file, null);
        file.complete();
    }

    /** Ends this fetch. Has no effect after the first call: a step may fail after the end. */
    private void end(SpoolFile result, TftpException failure) {
        if (!ended.compareAndSet(false, true)) {
            return;
        }
        cache.ended(resource, this);
        cache.spool().giveBack(reserved);
        origin.leave();
        if (failure == null) {
            opened.complete(result);
        } else {
            opened.completeExceptionally(failure);
        }
        if (known != null) {
            known.file().release();
        }
        if (file != null) {
            file.release();
        }
    }

    /** Receives one body and appends it to the file. */
    private final class Body implements Subscriber<List<ByteBuffer>> {
        private final AtomicBoolean over = new AtomicBoolean();
        /** The offset in the file of the next byte. */
        private long offset;

        private Subscription subscription;
        private volatile long receivedAt = System.nanoTime();

        Body(long offset) {
            this.offset = offset;
        }

        @Override
        public void onSubscribe(Subscription begun) {
            subscription = begun;
            watch();
            begun.request(1);
        }

        /** Ends the body if nothing is received for too long. */
        private void watch() {
            origin.later(times.stall(), () -> {
                if (over.get()) {
                    return;
                }
                if (System.nanoTime() - receivedAt < times.stall().toNanos()) {
                    watch();
                } else if (over.compareAndSet(false, true)) {
                    subscription.cancel();
                    guarded(() -> broken("no data within " + times.stall().toSeconds() + " s"));
                }
            });
        }

        @Override
        public void onNext(List<ByteBuffer> buffers) {
            receivedAt = System.nanoTime();
            if (over.get()) {
                return;
            }
            try {
                for (ByteBuffer bytes : buffers) {
                    accept(bytes);
                }
                subscription.request(1);
            } catch (IOException e) {
                abort(() -> fail(FileErrors.of(e)));
            }
        }

        private void abort(Runnable then) {
            subscription.cancel();
            if (over.compareAndSet(false, true)) {
                guarded(then);
            }
        }

        private void accept(ByteBuffer bytes) throws IOException {
            ByteBuffer all = bytes.duplicate();
            origin.counters().bytes.add(bytes.remaining());
            offset += bytes.remaining();
            digest.update(all);
            long before = offset - bytes.remaining();
            if (before < file.written() && !file.matches(bytes, before)) {
                throw changed();
            }
            if (bytes.hasRemaining()) {
                reserveFor(bytes.remaining());
                file.append(bytes);
                progressAt = System.nanoTime();
                delay = MIN_DELAY;
            }
            digested = offset;
        }

        private TftpException changed() {
            return new TftpException(ErrorCode.NOT_DEFINED, CHANGED).because("the beginning is different");
        }

        private void reserveFor(int bytes) throws IOException {
            if (file.size() == Source.UNKNOWN_SIZE && file.written() + bytes > reserved) {
                reserve(cache.spool().stepOfUnknownSize(reserved));
            }
        }

        @Override
        public void onError(Throwable failure) {
            if (over.compareAndSet(false, true)) {
                guarded(() -> broken(OriginErrors.reasonOf(failure)));
            }
        }

        @Override
        public void onComplete() {
            if (over.compareAndSet(false, true)) {
                guarded(OriginFetch.this::finish);
            }
        }
    }
}
