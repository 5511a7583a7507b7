package dev.lockstep.tftp.internal.http;

import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.QueryStringDecoder;
import java.util.List;
import java.util.Optional;

/** A request for a resource. Its parameters and headers are text of the client. */
public final class HttpQuery {
    /** More parameters than this are ignored. */
    private static final int MAX_PARAMETERS = 32;

    private final QueryStringDecoder uri;
    private final HttpHeaders headers;

    /**
     * Decodes a request.
     *
     * @throws IllegalArgumentException if the path has an invalid escape
     */
    HttpQuery(String uri, HttpHeaders headers) {
        this.uri = QueryStringDecoder.builder().maxParams(MAX_PARAMETERS).build(uri);
        this.headers = headers;
        this.uri.path();
        this.uri.parameters();
    }

    /** Returns the decoded path, such as {@code /metrics}. */
    public String path() {
        return uri.path();
    }

    /** Returns the first value of a parameter, or empty if there is none. */
    public Optional<String> parameter(String name) {
        return parameters(name).stream().findFirst();
    }

    /** Returns all values of a parameter. */
    public List<String> parameters(String name) {
        return uri.parameters().getOrDefault(name, List.of());
    }

    /** Returns the first value of a header, or empty if there is none. The name is compared without case. */
    public Optional<String> header(String name) {
        return Optional.ofNullable(headers.get(name));
    }
}
