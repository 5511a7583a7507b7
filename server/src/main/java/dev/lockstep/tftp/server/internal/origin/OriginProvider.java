package dev.lockstep.tftp.server.internal.origin;

import dev.lockstep.tftp.concurrent.ThreadSafe;
import dev.lockstep.tftp.server.storage.OriginSettings;
import dev.lockstep.tftp.server.storage.OriginSettings.Addressing;
import dev.lockstep.tftp.server.storage.Storage;
import dev.lockstep.tftp.server.storage.StorageProvider;
import dev.lockstep.tftp.server.storage.StorageSettings;
import java.net.URI;
import java.net.http.HttpClient;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import javax.net.ssl.SSLContext;

/**
 * Opens folders of HTTP servers, {@code https://boot.example/tftp/}, and of object stores, {@code s3://BUCKET/PREFIX/}.
 * All storages share one spool; those of the same origin share its connections and its cache.
 */
@ThreadSafe
public final class OriginProvider implements StorageProvider {
    private static final Pattern BUCKET = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{1,254}");
    private static final int THREADS = 16;
    private static final int KEEP_ALIVE_SECONDS = 30;

    private final Map<String, Origin> origins = new ConcurrentHashMap<>();
    private final OriginTimes times;
    private final Map<String, String> environment;
    private final InstantSource clock;
    private final ScheduledExecutorService timer;
    private final OriginCache cache;

    /**
     * Creates a provider. Nothing is created on the disk before the first file is fetched.
     *
     * @param folder the folder of the spool
     * @param limits the limits of the spool
     */
    public OriginProvider(Path folder, SpoolLimits limits) {
        this(folder, limits, OriginTimes.DEFAULT, InstantSource.system(), System.getenv());
    }

    OriginProvider(
            Path folder, SpoolLimits limits, OriginTimes times, InstantSource clock, Map<String, String> environment) {
        this.times = times;
        this.environment = environment;
        this.clock = clock;
        ScheduledThreadPoolExecutor scheduled = new ScheduledThreadPoolExecutor(1, daemons("tftp-origin-timer"));
        scheduled.setRemoveOnCancelPolicy(true);
        this.timer = scheduled;
        this.cache = new OriginCache(new Spool(folder, limits, clock), times, clock, pool(1, "tftp-cache"));
    }

    /**
     * Parses the URI of a proxy.
     *
     * @param setting the name of the setting, for the message
     * @throws IllegalArgumentException if it is invalid
     */
    public static URI proxy(String setting, String text) {
        return OriginProxy.parse(setting, text);
    }

    private static ExecutorService pool(int threads, String name) {
        ThreadPoolExecutor pool = new ThreadPoolExecutor(
                threads, threads, KEEP_ALIVE_SECONDS, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), daemons(name));
        pool.allowCoreThreadTimeOut(true);
        return pool;
    }

    private static ThreadFactory daemons(String name) {
        AtomicInteger number = new AtomicInteger();
        return task -> {
            Thread thread = new Thread(task, name + "-" + number.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        };
    }

    @Override
    public Set<String> schemes() {
        return Set.of("http", "https", "s3");
    }

    @Override
    public Storage open(URI uri, StorageSettings settings) {
        return "s3".equalsIgnoreCase(uri.getScheme()) ? openBucket(uri, settings) : openFolder(uri, settings);
    }

    private Storage openBucket(URI uri, StorageSettings settings) {
        String bucket = uri.getRawAuthority();
        boolean valid = bucket != null && BUCKET.matcher(bucket).matches();
        if (!valid || uri.getRawQuery() != null || uri.getRawFragment() != null) { // it may have a password
            throw new IllegalArgumentException("s3: (expected: s3://BUCKET/PREFIX/)");
        }
        AwsEnvironment aws = new AwsEnvironment(environment);
        Map<String, String> profile = aws.profile();
        OriginSettings.S3 s3 = settings.origin().s3();
        String region = Optional.ofNullable(s3.region()).or(aws::region).orElse("us-east-1");
        Optional<URI> given = Optional.ofNullable(s3.endpoint())
                .or(() -> aws.variable("AWS_ENDPOINT_URL_S3")
                        .or(() -> aws.variable("AWS_ENDPOINT_URL"))
                        .or(() -> Optional.ofNullable(profile.get("endpoint_url")))
                        .map(OriginSettings.S3::endpointOf));
        URI endpoint = given.orElseGet(() -> URI.create("https://s3." + region + ".amazonaws.com"));
        Addressing addressing = s3.addressing();
        if (addressing == null) { // the certificate of AWS is not valid for names with further dots
            addressing = given.isPresent() || bucket.contains(".") ? Addressing.PATH : Addressing.VIRTUAL;
        }
        String path = endpoint.getRawPath().replaceFirst("/+$", "");
        String base = addressing == Addressing.PATH
                ? endpoint.getScheme() + "://" + endpoint.getRawAuthority() + path + "/" + bucket
                : endpoint.getScheme() + "://" + bucket + "." + endpoint.getRawAuthority() + path;
        Origin origin = origin(
                "s3://" + bucket,
                URI.create(base),
                settings.origin(),
                base + " " + region,
                () -> new S3Signer(
                        new AwsCredentials(aws, clock, settings.origin().proxy(), AwsCredentials.LIMIT), region));
        String prefix = uri.getRawPath().replaceFirst("^/*", "/");
        return new OriginStorage(
                origin, cache, base + (prefix.endsWith("/") ? prefix : prefix + "/"), uri.toString(), settings);
    }

    private Storage openFolder(URI uri, StorageSettings settings) {
        boolean valid = uri.getHost() != null && uri.getRawQuery() == null && uri.getRawFragment() == null;
        if (!valid || uri.getRawUserInfo() != null) { // the message must not have a password
            throw new IllegalArgumentException(uri.getScheme() + "://" + (uri.getHost() == null ? "" : uri.getHost())
                    + " (expected: " + uri.getScheme() + "://HOST[:PORT]/PATH/, without user and query)");
        }
        String path = uri.getRawPath();
        String base = uri.getScheme().toLowerCase(Locale.ROOT) + "://"
                + uri.getRawAuthority().toLowerCase(Locale.ROOT);
        Origin origin = origin(base, URI.create(base), settings.origin(), "", () -> RequestSigner.NONE);
        return new OriginStorage(
                origin, cache, base + (path.endsWith("/") ? path : path + "/"), uri.toString(), settings);
    }

    /** Returns the origin with these settings, which is created once. */
    private Origin origin(
            String name, URI address, OriginSettings settings, String more, Supplier<RequestSigner> signer) {
        OriginSettings.Tls tls = settings.tls();
        URI proxy = OriginProxy.of(settings.proxy(), address, environment);
        SSLContext context = tls.equals(OriginSettings.Tls.OF_SYSTEM) ? null : OriginTls.context(tls);
        String identity = String.join(" ", List.of(name, String.valueOf(tls), more));
        return origins.computeIfAbsent(identity + " " + proxy, same -> {
            ExecutorService executor = pool(THREADS, "tftp-origin");
            Origin origin = new Origin(
                    name,
                    identity,
                    once(() -> client(proxy, context, executor)),
                    once(signer),
                    executor,
                    pool(THREADS, "tftp-origin-upload"),
                    timer);
            origin.warmUp();
            return origin;
        });
    }

    private HttpClient client(URI proxy, SSLContext context, ExecutorService executor) {
        HttpClient.Builder client = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .followRedirects(HttpClient.Redirect.NEVER)
                .connectTimeout(times.connect())
                .executor(executor);
        OriginProxy.apply(proxy, client);
        if (context != null) {
            client.sslContext(context);
        }
        return client.build();
    }

    /** Returns a supplier that calls another one at its first use: a client takes time and threads. */
    private static <T> Supplier<T> once(Supplier<T> supplier) {
        return new Supplier<>() {
            private T value;

            @Override
            public synchronized T get() {
                value = value == null ? supplier.get() : value;
                return value;
            }
        };
    }

    /** Returns the counters of the origins that were opened, and of the spool. */
    public OriginMetrics metrics() {
        Map<String, OriginCounters> counters = new TreeMap<>();
        origins.values().forEach(origin -> counters.putIfAbsent(origin.toString(), origin.counters()));
        Spool spool = cache.spool();
        return new OriginMetrics(counters, spool.bytes(), spool.files(), spool.evictions(), spool.damages());
    }
}
