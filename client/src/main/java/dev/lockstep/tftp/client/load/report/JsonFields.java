package dev.lockstep.tftp.client.load.report;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.lockstep.tftp.internal.text.LogSanitizer;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The fields of a JSON object. A field that is missing or has another type is reported by its name. Texts are escaped:
 * those of a file from another machine are shown on a terminal.
 */
record JsonFields(Map<String, Object> fields) {
    /**
     * Reads an object. What follows it is ignored.
     *
     * @throws IOException if the text does not begin with a JSON object
     */
    static JsonFields parse(String text) throws IOException {
        try (JsonParser parser = new JsonFactory().createParser(text)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                throw new IOException("no object");
            }
            return (JsonFields) value(parser);
        }
    }

    private static Object value(JsonParser parser) throws IOException {
        if (parser.currentToken() == JsonToken.START_OBJECT) {
            Map<String, Object> fields = new LinkedHashMap<>();
            for (String name = parser.nextFieldName(); name != null; name = parser.nextFieldName()) {
                parser.nextToken();
                fields.put(name, value(parser));
            }
            return new JsonFields(fields);
        } else if (parser.currentToken() == JsonToken.START_ARRAY) {
            List<Object> elements = new ArrayList<>();
            while (parser.nextToken() != JsonToken.END_ARRAY) {
                elements.add(value(parser));
            }
            return elements;
        }
        return parser.currentToken().isNumeric() ? parser.getNumberValue() : LogSanitizer.of(parser.getText());
    }

    private <T> T get(String name, Class<T> type) {
        return optional(name, type).orElseThrow(() -> new IllegalArgumentException("no " + name));
    }

    private <T> Optional<T> optional(String name, Class<T> type) {
        return Optional.ofNullable(fields.get(name)).filter(type::isInstance).map(type::cast);
    }

    long number(String name) {
        return get(name, Number.class).longValue();
    }

    double decimal(String name) {
        return get(name, Number.class).doubleValue();
    }

    Optional<Long> optionalNumber(String name) {
        return optional(name, Number.class).map(Number::longValue);
    }

    String text(String name) {
        return get(name, String.class);
    }

    Optional<String> optionalText(String name) {
        return optional(name, String.class);
    }

    JsonFields object(String name) {
        return get(name, JsonFields.class);
    }

    List<JsonFields> objects(String name) {
        return list(name, JsonFields.class);
    }

    <T> List<T> list(String name, Class<T> type) {
        List<T> all = new ArrayList<>();
        for (Object element : get(name, List.class)) {
            if (!type.isInstance(element)) {
                throw new IllegalArgumentException("no " + name);
            }
            all.add(type.cast(element));
        }
        return all;
    }
}
