package dev.lockstep.tftp.soak;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.StringReader;
import java.util.List;
import java.util.stream.IntStream;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.xml.sax.InputSource;
import org.xml.sax.SAXException;

@DisplayNameGeneration(ReplaceUnderscores.class)
class PlotTest {
    private static final List<ResourceSample> RISING = IntStream.rangeClosed(0, 10)
            .mapToObj(i -> new ResourceSample(60.0 * i, i, 10 * i, 100 * i, 7, 1000))
            .toList();

    private static Document picture(List<ResourceSample> samples, String caption) {
        try {
            return DocumentBuilderFactory.newInstance()
                    .newDocumentBuilder()
                    .parse(new InputSource(new StringReader(Plot.of(samples, caption))));
        } catch (ParserConfigurationException | SAXException | IOException e) {
            throw new AssertionError(e);
        }
    }

    private static double[][] line(Measure measure) {
        Element line =
                (Element) picture(RISING, "").getElementsByTagName("polyline").item(measure.ordinal());
        String[] points = line.getAttribute("points").trim().split(" ");
        double[][] result = new double[points.length][];
        for (int i = 0; i < points.length; i++) {
            String[] point = points[i].split(",");
            result[i] = new double[] {Double.parseDouble(point[0]), Double.parseDouble(point[1])};
        }
        return result;
    }

    @Test
    void each_measure_has_a_line() {
        assertThat(picture(RISING, "").getElementsByTagName("polyline").getLength())
                .isEqualTo(Measure.values().length);
    }

    @Test
    void a_growing_measure_rises_from_left_to_right() {
        double[][] line = line(Measure.HEAP);
        assertThat(line).hasNumberOfRows(RISING.size());
        for (int i = 1; i < line.length; i++) {
            assertThat(line[i][0]).isGreaterThan(line[i - 1][0]);
            assertThat(line[i][1]).isLessThan(line[i - 1][1]); // the top of a picture is 0
        }
    }

    @Test
    void a_constant_measure_is_a_level_line() {
        double[][] line = line(Measure.THREADS);
        assertThat(List.of(line)).allSatisfy(point -> assertThat(point[1]).isEqualTo(line[0][1]));
    }

    @Test
    void it_shows_its_caption_and_its_duration() {
        String text = picture(RISING, "less < more & 5 %").getDocumentElement().getTextContent();
        assertThat(text)
                .contains("less < more & 5 %", "descriptors (0 to 1000)", "direct memory, MiB (0 to 100)")
                .contains("10.0 minutes");
    }
}
