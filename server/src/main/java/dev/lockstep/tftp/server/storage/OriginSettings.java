package dev.lockstep.tftp.server.storage;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;

/**
 * The settings of flags or of a rule for files on an HTTP server or in an object store. They contain no secrets: keys
 * are in files or in the environment.
 *
 * @param ttl the time for which a file without {@code Cache-Control} and {@code Expires} is fresh
 * @param staleIfError the time after the end of its freshness for which a file is served if the origin is unavailable
 * @param tls the certificates
 * @param proxy the URI of the HTTP proxy, or null for that of the JVM or of the environment
 * @param s3 the settings of object stores
 */
public record OriginSettings(Duration ttl, Duration staleIfError, Tls tls, URI proxy, S3 s3) {
    /** The settings without any flag. */
    public static final OriginSettings DEFAULT =
            new OriginSettings(Duration.ofSeconds(60), Duration.ofHours(24), Tls.OF_SYSTEM, null, S3.OF_ENVIRONMENT);

    /**
     * Certificates in PEM files.
     *
     * @param ca the certificates of the authorities that the origin may have, or null for those of the system
     * @param certificate the certificate of this client and those between it and its authority, or null for none
     * @param key the private key of that certificate (PKCS #8), or null if it is in the same file
     */
    public record Tls(Path ca, Path certificate, Path key) {
        /** The authorities of the system, and no certificate of this client. */
        public static final Tls OF_SYSTEM = new Tls(null, null, null);

        /**
         * Checks the values.
         *
         * @throws IllegalArgumentException if there is a key without a certificate
         */
        public Tls {
            if (key != null && certificate == null) {
                throw new IllegalArgumentException("origin-key: without origin-cert (expected: both)");
            }
        }
    }

    /** The place of a bucket's name in a URI. */
    public enum Addressing {
        /** Before the first element of the path. */
        PATH,
        /** In the name of the host. */
        VIRTUAL
    }

    /**
     * The settings of object stores.
     *
     * @param endpoint the URI of the service, or null for that of the environment or of AWS
     * @param region the name of the region, or null for that of the environment
     * @param addressing null for {@code VIRTUAL} at AWS and {@code PATH} elsewhere
     */
    public record S3(URI endpoint, String region, Addressing addressing) {
        /** Everything from the environment. */
        public static final S3 OF_ENVIRONMENT = new S3(null, null, null);

        /**
         * Parses the URL of a service.
         *
         * @throws IllegalArgumentException if it is no URL of HTTP
         */
        public static URI endpointOf(String text) {
            URI uri;
            try {
                uri = URI.create(text);
            } catch (IllegalArgumentException e) {
                uri = URI.create("");
            }
            boolean http = "http".equalsIgnoreCase(uri.getScheme()) || "https".equalsIgnoreCase(uri.getScheme());
            if (!http || uri.getHost() == null || uri.getUserInfo() != null || uri.getRawQuery() != null) {
                throw new IllegalArgumentException(
                        text.replaceAll("//.*@", "//") + " (expected: http://HOST[:PORT] or https://HOST[:PORT])");
            }
            return uri;
        }
    }

    /**
     * Checks the values.
     *
     * @throws IllegalArgumentException if a time is negative
     */
    public OriginSettings {
        Objects.requireNonNull(tls, "tls");
        Objects.requireNonNull(s3, "s3");
        requireNotNegative("ttl", ttl);
        requireNotNegative("stale-if-error", staleIfError);
    }

    private static void requireNotNegative(String name, Duration time) {
        if (time.isNegative()) {
            throw new IllegalArgumentException(name + ": " + time.toSeconds() + " (expected: >= 0)");
        }
    }
}
