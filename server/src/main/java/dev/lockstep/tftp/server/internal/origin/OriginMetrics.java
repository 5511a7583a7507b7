package dev.lockstep.tftp.server.internal.origin;

import java.util.Map;

/**
 * The counters of all origins and of their cache.
 *
 * @param origins the counters by the name of the origin
 * @param cacheBytes the bytes in the cache, as of the last count
 * @param cacheFiles the files in the cache, as of the last count
 * @param evictions the files that were evicted
 * @param damages the files that were found damaged
 */
public record OriginMetrics(
        Map<String, OriginCounters> origins, long cacheBytes, int cacheFiles, long evictions, long damages) {}
