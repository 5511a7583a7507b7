package dev.lockstep.tftp.server.internal.origin;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.RemovalCause;
import com.github.benmanes.caffeine.cache.Scheduler;
import dev.lockstep.tftp.codec.ErrorCode;
import dev.lockstep.tftp.codec.TftpException;
import dev.lockstep.tftp.concurrent.Blocking;
import dev.lockstep.tftp.concurrent.EventLoop;
import dev.lockstep.tftp.concurrent.ThreadSafe;
import dev.lockstep.tftp.io.MemorySource;
import dev.lockstep.tftp.io.Source;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Decides how a request for a file of an origin is answered: from the cache, by joining the fetch of another request, or
 * by a fetch of its own. There is at most one fetch for each file.
 */
@ThreadSafe
final class OriginCache {
    private static final Logger LOG = LoggerFactory.getLogger("tftpd");

    /** Size of the largest file whose content is in memory, in bytes. */
    private static final int SMALL = 16 * 1024;
    /** Limit of files that are open though no transfer reads them. */
    private static final int MAX_OPEN = 1024;

    private static final long OPEN_SECONDS = 60;
    private static final int MAX_NEGATIVE = 10_000;

    private final Spool spool;
    private final OriginTimes times;
    private final InstantSource clock;
    private final Map<String, OriginFetch> fetches = new ConcurrentHashMap<>();
    /** The files that were used recently, each with a use of its open file. */
    private final Cache<String, Cached> recent;
    /** The end of the time for which a 404 is remembered. */
    private final Cache<String, Instant> negative = Caffeine.newBuilder()
            .maximumSize(MAX_NEGATIVE)
            .executor(Runnable::run)
            .build();

    /** A file in the cache, open. */
    static final class Cached {
        private final String key;
        private final CacheEntry entry;
        private final SpoolFile file;
        private final byte[] content;
        private volatile Instant retryAt = Instant.MIN;

        /**
         * Takes over a use of the file.
         *
         * @param content the whole content if it is small, otherwise null
         */
        Cached(String key, CacheEntry entry, SpoolFile file, byte[] content) {
            this.key = key;
            this.entry = entry;
            this.file = file;
            this.content = content;
        }

        CacheEntry entry() {
            return entry;
        }

        SpoolFile file() {
            return file;
        }

        /** Sets the time until which the origin is not asked again, after it was unavailable. */
        void retryAt(Instant time) {
            retryAt = time;
        }

        /** Returns a source, or null if the file was closed. */
        Source open() {
            return content == null ? file.open() : new MemorySource(content);
        }
    }

    /**
     * Creates a cache.
     *
     * @param closing runs what closes files that were not used for a while
     */
    OriginCache(Spool spool, OriginTimes times, InstantSource clock, Executor closing) {
        this.spool = spool;
        this.times = times;
        this.clock = clock;
        this.recent = Caffeine.newBuilder()
                .maximumSize(MAX_OPEN)
                .expireAfterAccess(OPEN_SECONDS, TimeUnit.SECONDS)
                .scheduler(Scheduler.systemScheduler())
                .executor(closing)
                .evictionListener(
                        (String id, Cached cached, RemovalCause cause) -> closing.execute(() -> close(cached)))
                .build();
        spool.forgetWith(key -> recent.asMap().entrySet().stream()
                .filter(each -> each.getValue().key.equals(key))
                .map(Map.Entry::getKey)
                .toList()
                .forEach(this::forget));
    }

    Spool spool() {
        return spool;
    }

    OriginTimes times() {
        return times;
    }

    Instant now() {
        return clock.instant();
    }

    private void close(Cached cached) {
        spool.touch(cached.key);
        cached.file.release();
    }

    private void forget(String id) {
        Cached cached = recent.asMap().remove(id);
        if (cached != null) {
            cached.file.release();
        }
    }

    /** Forgets a file whose content at the origin has changed by an upload. */
    @Blocking
    void invalidate(Resource resource) {
        negative.invalidate(resource.id());
        forget(resource.id());
        spool.remove(resource.key());
    }

    /** Returns a file that is fresh and in use, or null. Does not block. */
    @EventLoop
    Source tryOpen(Resource resource) {
        Cached cached = recent.getIfPresent(resource.id());
        if (cached == null || stateOf(cached, resource) != Freshness.State.FRESH) {
            return null;
        }
        Source source = cached.open();
        if (source != null) {
            resource.origin().counters().hits.increment();
        }
        return source;
    }

    /** Opens a file. Blocks only for the local disk. */
    @Blocking
    CompletionStage<Source> open(Resource resource) {
        while (true) {
            CompletionStage<Source> opening = tryAnswer(resource);
            if (opening != null) {
                return opening;
            }
        }
    }

    /** Returns null if another thread has changed what is cached meanwhile. */
    private CompletionStage<Source> tryAnswer(Resource resource) {
        OriginCounters counters = resource.origin().counters();
        Cached cached = find(resource);
        Freshness.State state = cached == null ? Freshness.State.STALE : stateOf(cached, resource);
        boolean isStaleServed = state == Freshness.State.STALE_WHILE_REVALIDATE
                || state == Freshness.State.STALE && cached != null && isServedWithoutAsking(cached, resource);
        if (state == Freshness.State.FRESH || isStaleServed) {
            Source source = cached.open();
            if (source == null) {
                forget(resource.id());
                return null;
            }
            (isStaleServed ? counters.stale : counters.hits).increment();
            if (state == Freshness.State.STALE_WHILE_REVALIDATE && !isServedWithoutAsking(cached, resource)) {
                fetch(resource, cached);
            }
            return CompletableFuture.completedFuture(source);
        }
        if (isNegative(resource)) {
            counters.negative.increment();
            return CompletableFuture.failedFuture(OriginErrors.notFound("HTTP status 404, cached"));
        }
        OriginFetch fetch = fetch(resource, cached);
        if (fetch == null) {
            return null;
        }
        fetch.countRequest();
        return fetch.opened().thenCompose(file -> {
            Source source = file.open();
            return source == null ? open(resource) : CompletableFuture.completedFuture(source);
        });
    }

    private boolean isServedWithoutAsking(Cached cached, Resource resource) {
        return now().isBefore(cached.retryAt) && servesOnError(resource, cached);
    }

    /** Opens a file to show its size, and describes how it would be answered. Fetches nothing and stores nothing. */
    @Blocking
    Source explain(Resource resource, Consumer<String> lines) throws IOException {
        Cached cached = find(resource);
        lines.accept("origin: " + resource.origin() + ", " + resource.uri());
        if (cached == null) {
            lines.accept("cache: not cached");
            return new SizedSource(sizeAtOrigin(resource, null));
        }
        Freshness freshness = cached.entry.freshness();
        long rest = freshness
                .lifetime(resource.settings())
                .minus(freshness.age(now()))
                .toSeconds();
        lines.accept("cache: " + cached.entry.size() + " bytes, fetched or validated "
                + cached.entry.received().truncatedTo(ChronoUnit.SECONDS));
        if (stateOf(cached, resource) == Freshness.State.FRESH) {
            lines.accept("freshness: fresh for " + rest + " s");
            return cached.open();
        }
        String more = servesOnError(resource, cached) ? "" : ", not served any more if the origin is unavailable";
        lines.accept("freshness: stale since " + -rest + " s" + more);
        try {
            long size = sizeAtOrigin(resource, cached.entry);
            lines.accept(size == Source.UNKNOWN_SIZE ? "origin: not changed" : "origin: has a newer version");
            return size == Source.UNKNOWN_SIZE ? cached.open() : new SizedSource(size);
        } catch (TftpException e) {
            if (!e.is(ErrorCode.NOT_DEFINED) || !servesOnError(resource, cached)) {
                throw e;
            }
            lines.accept("origin: unavailable (" + e.reason() + "), the stale file is served");
            return cached.open();
        }
    }

    /** Returns the size of a file at its origin, or {@link Source#UNKNOWN_SIZE} if it is unknown or has not changed. */
    private long sizeAtOrigin(Resource resource, CacheEntry known) throws IOException {
        HttpResponse<?> response;
        Map<String, String> fields = known == null ? Map.of() : known.conditions();
        try {
            response = resource.origin()
                    .send("HEAD", resource.uri(), fields, times.headers())
                    .get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        } catch (ExecutionException e) {
            throw OriginErrors.unavailable(OriginErrors.reasonOf(e.getCause()));
        }
        if (response.statusCode() == 304 && known != null) {
            return Source.UNKNOWN_SIZE;
        }
        if (response.statusCode() != 200) {
            throw OriginErrors.ofStatus(response.statusCode());
        }
        return response.headers().firstValueAsLong("Content-Length").orElse(Source.UNKNOWN_SIZE);
    }

    /** The size of a file that is not read. */
    private record SizedSource(long size) implements Source {
        @Override
        public int read(ByteBuffer to) {
            throw new UnsupportedOperationException("only the size is known");
        }

        @Override
        public void close() {
            // nothing is open
        }
    }

    /** Joins the fetch of a file, or starts it. Returns null if the file is not as it was when this was decided. */
    private OriginFetch fetch(Resource resource, Cached cached) {
        String id = resource.id();
        boolean[] started = new boolean[1];
        OriginFetch fetch = fetches.compute(id, (same, running) -> {
            if (running != null || recent.getIfPresent(id) != cached || isNegative(resource)) {
                return running;
            }
            if (cached != null && !cached.file.retain()) {
                return null;
            }
            started[0] = true;
            return new OriginFetch(this, resource, cached);
        });
        if (started[0]) {
            resource.origin().counters().fetches.increment();
            fetch.start();
        }
        return fetch;
    }

    private boolean isNegative(Resource resource) {
        Instant until = negative.getIfPresent(resource.id());
        return until != null && now().isBefore(until);
    }

    private Freshness.State stateOf(Cached cached, Resource resource) {
        return cached.entry.freshness().at(now(), resource.settings());
    }

    boolean servesOnError(Resource resource, Cached cached) {
        return cached.entry.freshness().servesOnError(now(), resource.settings());
    }

    /** Returns the file as it is cached, or null if it is not or a fetch of it is running. */
    private Cached find(Resource resource) {
        String id = resource.id();
        Cached cached = recent.getIfPresent(id);
        if (cached != null || fetches.containsKey(id) || isNegative(resource)) {
            return cached;
        }
        try {
            String key = resource.key();
            Spool.Stored stored = spool.load(key);
            if (stored == null) {
                return null;
            }
            Cached found = new Cached(key, stored.entry(), stored.file(), contentOf(stored.file()));
            Cached other = recent.asMap().putIfAbsent(id, found);
            if (other != null) {
                found.file.release();
                return other;
            }
            spool.touch(key);
            return found;
        } catch (IOException e) {
            LOG.warn("cannot read the cache of {}: {}", resource.uri(), e.toString());
            return null;
        }
    }

    private static byte[] contentOf(SpoolFile file) throws IOException {
        return file.written() > SMALL ? null : file.content();
    }

    /** Stores a file that was fetched and verified. */
    @Blocking
    void fetched(Resource resource, SpoolFile file, CacheEntry entry) {
        if (!entry.freshness().storable()) {
            invalidate(resource);
            return;
        }
        try {
            spool.publish(resource.key(), file, entry);
            put(resource, file, entry, contentOf(file));
        } catch (IOException e) {
            LOG.warn("cannot store {} in the cache: {}", resource.uri(), e.toString());
        }
    }

    private void put(Resource resource, SpoolFile file, CacheEntry entry, byte[] content) {
        if (file.retain()) {
            Cached replaced = recent.asMap().put(resource.id(), new Cached(resource.key(), entry, file, content));
            if (replaced != null) {
                replaced.file.release();
            }
        }
    }

    /** Stores the new freshness of a file that has not changed. */
    @Blocking
    void validated(Resource resource, Cached known, CacheEntry entry) {
        try {
            spool.update(resource.key(), entry);
        } catch (IOException e) {
            LOG.warn("cannot update the cache of {}: {}", resource.uri(), e.toString());
        }
        put(resource, known.file, entry, known.content);
    }

    /** Notes that the origin has no such file. */
    @Blocking
    void notFound(Resource resource) {
        invalidate(resource);
        negative.put(resource.id(), now().plus(times.negative()));
    }

    /** Called when a fetch ends, after what it has found is stored. */
    void ended(Resource resource, OriginFetch fetch) {
        fetches.remove(resource.id(), fetch);
    }
}
