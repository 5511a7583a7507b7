package dev.lockstep.tftp.server.internal.origin;

import dev.lockstep.tftp.concurrent.Blocking;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Sends a large file to an object store in parts. The object exists when all of them are there, or not at all. */
@Blocking
final class MultipartUpload {
    /** Size of the largest file that is sent in one request, in bytes. */
    static final long MAX_SINGLE = 64L << 20;

    private static final Logger LOG = LoggerFactory.getLogger(MultipartUpload.class);
    private static final long MIN_PART = 16L << 20;
    private static final int MAX_PARTS = 10_000;
    private static final Pattern UPLOAD_ID = Pattern.compile("<UploadId>([^<]+)</UploadId>");
    private static final Payload NOTHING = Payload.of(new byte[0]);

    private final Origin origin;
    private final URI uri;
    private final Path file;
    private final long size;

    MultipartUpload(Origin origin, URI uri, Path file, long size) {
        this.origin = origin;
        this.uri = uri;
        this.file = file;
        this.size = size;
    }

    /**
     * Sends the file.
     *
     * @param fields the conditions for the object
     */
    void send(Map<String, String> fields) throws IOException {
        Matcher id = UPLOAD_ID.matcher(
                exchange("POST", "uploads=", Map.of(), NOTHING, 0).body());
        if (!id.find()) {
            throw new IOException("no UploadId in the response");
        }
        String upload = "uploadId=" + URLEncoder.encode(unescaped(id.group(1)), StandardCharsets.UTF_8);
        boolean complete = false;
        try {
            String parts = sendParts(upload);
            HttpResponse<String> response =
                    exchange("POST", upload, fields, Payload.of(parts.getBytes(StandardCharsets.UTF_8)), size);
            if (response.body().contains("<Error>")) { // the status is sent before the parts are joined
                throw new IOException("parts were not joined");
            }
            complete = true;
        } finally {
            if (!complete) {
                abort(upload);
            }
        }
    }

    private String sendParts(String upload) throws IOException {
        long part = Math.max(MIN_PART, (size + MAX_PARTS - 1) / MAX_PARTS);
        StringBuilder list = new StringBuilder("<CompleteMultipartUpload>");
        int number = 0;
        for (long offset = 0; offset < size; offset += part) {
            number++;
            Payload payload = Payload.of(file, offset, Math.min(part, size - offset));
            HttpResponse<String> response =
                    exchange("PUT", "partNumber=" + number + "&" + upload, Map.of(), payload, payload.length());
            String etag = response.headers().firstValue("ETag").orElseThrow(() -> new IOException("no ETag of a part"));
            list.append("<Part><PartNumber>")
                    .append(number)
                    .append("</PartNumber><ETag>")
                    .append(etag.replace("&", "&amp;").replace("<", "&lt;").replace("\"", "&quot;"))
                    .append("</ETag></Part>");
        }
        return list.append("</CompleteMultipartUpload>").toString();
    }

    private static String unescaped(String text) {
        return text.replace("&lt;", "<")
                .replace("&gt;", ">")
                .replace("&quot;", "\"")
                .replace("&amp;", "&");
    }

    private void abort(String upload) {
        try {
            exchange("DELETE", upload, Map.of(), null, 0);
        } catch (IOException e) {
            LOG.warn("cannot abort the upload of {}: {}", uri, OriginErrors.reasonOf(e));
        }
    }

    /**
     * Sends a request.
     *
     * @param bytes what the store has to write before it answers
     */
    private HttpResponse<String> exchange(
            String method, String query, Map<String, String> fields, Payload payload, long bytes) throws IOException {
        HttpResponse<String> response = origin.exchange(
                method,
                URI.create(uri + "?" + query),
                fields,
                payload,
                OriginUpload.limitOf(OriginTimes.DEFAULT, bytes));
        OriginUpload.requireSuccess(response.statusCode());
        return response;
    }
}
