package dev.lockstep.tftp.server.cli;

import dev.lockstep.tftp.internal.text.ByteSize;
import dev.lockstep.tftp.server.internal.origin.OriginMetrics;
import dev.lockstep.tftp.server.internal.origin.OriginProvider;
import dev.lockstep.tftp.server.internal.origin.SpoolLimits;
import dev.lockstep.tftp.server.storage.OriginSettings;
import dev.lockstep.tftp.server.storage.OriginSettings.Addressing;
import dev.lockstep.tftp.server.storage.StorageProvider;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import picocli.CommandLine.Option;

/** Flags for files on HTTP servers and in object stores, and for their cache. */
final class OriginOptions {
    @Option(
            names = "--cache-dir",
            paramLabel = "DIR",
            description = "Cache of files from origins (default: $CACHE_DIRECTORY, or tftpd in the user's cache).")
    private Path folder;

    @Option(names = "--cache-size", paramLabel = "SIZE", description = "Limit of the cache (default 10G).")
    private ByteSize size = new ByteSize(SpoolLimits.DEFAULT.bytes());

    @Option(
            names = "--cache-files",
            paramLabel = "N",
            description = "Limit of files in the cache (default ${DEFAULT-VALUE}).")
    private int files = SpoolLimits.DEFAULT.files();

    @Option(
            names = "--cache-age",
            paramLabel = "DAYS",
            description = "Remove files that were not served for this long (default ${DEFAULT-VALUE}).")
    private int days = (int) SpoolLimits.DEFAULT.age().toDays();

    @Option(
            names = "--ttl",
            paramLabel = "SECONDS",
            description = "Time for which a file without Cache-Control and Expires is fresh (default 60).")
    private double ttl = OriginSettings.DEFAULT.ttl().toSeconds();

    @Option(
            names = "--stale-if-error",
            paramLabel = "SECONDS",
            description = "Time for which a stale file is served if its origin is unavailable (default 86400).")
    private double staleIfError = OriginSettings.DEFAULT.staleIfError().toSeconds();

    @Option(
            names = "--origin-ca",
            paramLabel = "FILE",
            description = "Authorities of the origins' certificates, in a PEM file (default: those of Java).")
    private Path ca;

    @Option(
            names = "--origin-cert",
            paramLabel = "FILE",
            description = "Certificate of this client for origins, in a PEM file.")
    private Path certificate;

    @Option(
            names = "--origin-key",
            paramLabel = "FILE",
            description = "Private key of that certificate, if it is in another file.")
    private Path key;

    @Option(
            names = "--origin-proxy",
            paramLabel = "URL",
            description = "HTTP proxy for origins (default: that of Java, or $https_proxy and $http_proxy).")
    private String proxy;

    @Option(
            names = "--s3-endpoint",
            paramLabel = "URL",
            description = "URL of the object store (default: $AWS_ENDPOINT_URL_S3, $AWS_ENDPOINT_URL, or AWS).")
    private String endpoint;

    @Option(
            names = "--s3-region",
            paramLabel = "NAME",
            description = "Region of the object store (default: $AWS_REGION, the profile, or us-east-1).")
    private String region;

    @Option(
            names = "--s3-addressing",
            paramLabel = "path|virtual",
            description = "Place of the bucket's name in URLs: the path, or the host (default: virtual for AWS only).")
    private Addressing addressing;

    private OriginProvider provider;

    /** Returns a provider that fetches nothing, for the names of its schemes. */
    static StorageProvider unused() {
        return new OriginOptions().provider();
    }

    /** Returns the provider for URIs of origins. */
    StorageProvider provider() {
        provider = new OriginProvider(
                folder == null ? usualFolder(System.getenv()) : folder,
                new SpoolLimits(size.bytes(), files, Duration.ofDays(days)));
        return provider;
    }

    /** Returns the counters of the origins that were opened by {@link #provider}. */
    OriginMetrics metrics() {
        return provider == null ? new OriginMetrics(Map.of(), 0, 0, 0, 0) : provider.metrics();
    }

    /** Returns the folder of the service manager, or one in the home directory. */
    static Path usualFolder(Map<String, String> environment) {
        String given = environment.get("CACHE_DIRECTORY"); // set by systemd
        if (given != null && !given.isEmpty()) {
            return Path.of(given.split(":")[0], "origins");
        }
        String user = environment.getOrDefault("XDG_CACHE_HOME", "");
        return Path.of(user.isEmpty() ? System.getProperty("user.home") + "/.cache" : user, "tftpd");
    }

    /**
     * Returns the settings for storages whose rules set no others.
     *
     * @throws IllegalArgumentException if a flag is invalid
     */
    OriginSettings settings() {
        return new OriginSettings(
                LimitOptions.seconds(ttl),
                LimitOptions.seconds(staleIfError),
                new OriginSettings.Tls(ca, certificate, key),
                proxy == null ? null : OriginProvider.proxy("--origin-proxy", proxy),
                new OriginSettings.S3(
                        endpoint == null ? null : OriginSettings.S3.endpointOf(endpoint), region, addressing));
    }
}
