package dev.lockstep.tftp.server.internal.logging;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.encoder.EncoderBase;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import org.slf4j.event.KeyValuePair;

/**
 * Formats each event as one line with a JSON object: time, level, key-value pairs, and the message for people. The
 * output is ASCII.
 */
final class JsonLayout extends EncoderBase<ILoggingEvent> {
    private final JsonFactory json =
            JsonFactory.builder().enable(JsonWriteFeature.ESCAPE_NON_ASCII).build();
    private final boolean stackTraces;

    JsonLayout(boolean stackTraces) {
        this.stackTraces = stackTraces;
    }

    @Override
    public byte[] encode(ILoggingEvent event) {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        try (JsonGenerator object = json.createGenerator(line)) {
            object.writeStartObject();
            object.writeStringField("time", event.getInstant().toString());
            object.writeStringField("level", event.getLevel().toString());
            List<KeyValuePair> pairs = event.getKeyValuePairs();
            if (pairs == null) {
                object.writeStringField("event", "log");
            } else {
                for (KeyValuePair pair : pairs) {
                    object.writePOJOField(pair.key, pair.value);
                }
            }
            object.writeStringField("message", event.getFormattedMessage());
            if (stackTraces && event.getThrowableProxy() != null) {
                object.writeStringField("exception", ThrowableProxyUtil.asString(event.getThrowableProxy()));
            }
            object.writeEndObject();
            object.writeRaw('\n');
        } catch (IOException e) {
            throw new UncheckedIOException(e); // not thrown by a stream in memory
        }
        return line.toByteArray();
    }

    @Override
    public byte[] headerBytes() {
        return new byte[0];
    }

    @Override
    public byte[] footerBytes() {
        return new byte[0];
    }
}
