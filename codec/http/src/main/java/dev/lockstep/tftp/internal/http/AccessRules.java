package dev.lockstep.tftp.internal.http;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/** Decides which requests are served. */
final class AccessRules {
    private static final String BASIC = "Basic ";
    private static final String BEARER = "Bearer ";

    private final AllowedHosts hosts;
    private final byte[] tokenHash;
    private final Map<String, Predicate<InetAddress>> open;

    /**
     * Creates the rules.
     *
     * @param token the token that requests must have, or null if they need none
     * @param open the paths that need no token, and the addresses for which this applies
     */
    AccessRules(AllowedHosts hosts, byte[] token, Map<String, Predicate<InetAddress>> open) {
        this.hosts = hosts;
        this.tokenHash = token == null ? null : hash(token);
        this.open = Map.copyOf(open);
    }

    /** Returns the reply to a request that is not served, or null if it is served. */
    HttpReply refusal(HttpRequest request, InetAddress client) {
        List<String> host = request.headers().getAll(HttpHeaderNames.HOST);
        if (host.size() != 1 || !request.uri().startsWith("/")) {
            return HttpReply.error(400, "bad request (expected: one Host header and an absolute path)");
        }
        if (!hosts.allows(host.get(0))) {
            return HttpReply.error(403, "host not allowed (expected: a loopback address, localhost or a listed name)");
        }
        for (String origin : request.headers().getAll(HttpHeaderNames.ORIGIN)) {
            if (!AllowedHosts.isSameOrigin(origin, host.get(0))) {
                return HttpReply.error(403, "origin not allowed (expected: a page of this port)");
            }
        }
        if (isFromAnotherSite(request.headers())) {
            return HttpReply.error(403, "request of another site (expected: of a page of this port, or a link to it)");
        }
        if (!request.method().equals(HttpMethod.GET) && !request.method().equals(HttpMethod.HEAD)) {
            return HttpReply.error(405, "method not allowed (expected: GET or HEAD)")
                    .with("Allow", "GET, HEAD");
        }
        if (tokenHash == null || isOpen(request, client) || hasToken(request)) {
            return null;
        }
        return HttpReply.error(401, "token required (expected: as Bearer token or as password)")
                .with("WWW-Authenticate", "Basic realm=\"tftp\", charset=\"UTF-8\"");
    }

    /** Detects what a page of another site embeds, such as a picture, which has no Origin header. A link is allowed. */
    private static boolean isFromAnotherSite(HttpHeaders headers) {
        String site = headers.get("Sec-Fetch-Site", "none");
        return site.endsWith("-site") && !"document".equals(headers.get("Sec-Fetch-Dest"));
    }

    private boolean isOpen(HttpRequest request, InetAddress client) {
        int end = request.uri().indexOf('?');
        String path = end < 0 ? request.uri() : request.uri().substring(0, end);
        Predicate<InetAddress> clients = open.get(path);
        try {
            // an IPv4 client of an IPv6 socket has an IPv4-mapped address, which this changes to IPv4
            return clients != null && clients.test(InetAddress.getByAddress(client.getAddress()));
        } catch (UnknownHostException e) {
            throw new IllegalStateException(e); // only for another number of bytes
        }
    }

    /** Compares hashes in constant time, so that the time depends neither on the content nor on the length. */
    private boolean hasToken(HttpRequest request) {
        List<String> values = request.headers().getAll(HttpHeaderNames.AUTHORIZATION);
        byte[] given = values.size() == 1 ? tokenIn(values.get(0)) : null;
        return given != null && MessageDigest.isEqual(hash(given), tokenHash);
    }

    private static byte[] tokenIn(String authorization) {
        if (authorization.regionMatches(true, 0, BEARER, 0, BEARER.length())) {
            return authorization.substring(BEARER.length()).trim().getBytes(StandardCharsets.ISO_8859_1);
        }
        if (!authorization.regionMatches(true, 0, BASIC, 0, BASIC.length())) {
            return null;
        }
        try {
            String credentials = new String(
                    Base64.getDecoder()
                            .decode(authorization.substring(BASIC.length()).trim()),
                    StandardCharsets.ISO_8859_1);
            return credentials.substring(credentials.indexOf(':') + 1).getBytes(StandardCharsets.ISO_8859_1);
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    private static byte[] hash(byte[] token) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(token);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e); // each Java platform has it
        }
    }
}
