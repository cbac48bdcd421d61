//! Pages of pictures: well-formed, every scale with its numbers, nothing from elsewhere, the same bytes each time.

use gemc::report::{CloudPicture, GaussianOutline, Link, Matrix, Page, Panel, Picture, Section, Tiles};
use roxmltree::Document;

fn panel(title: &str, picture: Picture) -> Panel {
    Panel { title: title.to_owned(), notes: vec!["rows & columns".to_owned()], picture }
}

/// One panel of each kind.
fn page() -> Page {
    let matrix = Matrix { rows: 2, columns: 3, values: vec![0.0, 0.5, -0.25, 1.0, -1.0, 0.0] };
    let tiles = Tiles { rows: 2, columns: 2, tiles: vec![vec![0.1, 0.2, 0.3, 0.4], vec![-0.4, 0.0, f32::NAN, 0.0]] };
    let bell = GaussianOutline { centre: [0.5, -0.5], width: [0.25, 0.125] };
    let drawn = |title: &str, panels| Section { title: title.to_owned(), panels };
    Page {
        title: "small <1>".to_owned(),
        facts: vec!["seed 3: 91.20 % on glyphs".to_owned()],
        sections: vec![
            drawn("O", vec![panel("g.O", Picture::Matrix(matrix))]),
            drawn("nothing", Vec::new()),
            drawn("X", vec![panel("a.g", Picture::Grid(vec![bell])), panel("b.g", Picture::Line(vec![bell]))]),
            drawn("W", vec![panel("a->b.W", Picture::Tiles(tiles))]),
        ],
    }
}

/// Returns all lines of type on a page.
fn lines(document: &Document) -> Vec<String> {
    let set = document.descendants().filter(|node| node.has_tag_name("text"));
    set.filter_map(|node| node.text().map(str::to_owned)).collect()
}

#[test]
fn a_page_is_as_it_was() {
    // embedded images differ by how they are packed, and are tested where they are drawn
    let text = page().svg();
    let mut shown = String::new();
    for (index, part) in text.split("data:image/png;base64,").enumerate() {
        let rest = part.find('"').filter(|_| index > 0).map_or(part, |end| &part[end..]);
        shown.extend([if index > 0 { "PNG" } else { "" }, rest]);
    }
    insta::with_settings!({snapshot_path => "../snapshots", prepend_module_to_snapshot => false, omit_expression => true}, {
        insta::assert_snapshot!("report_page", shown);
    });
}

#[test]
fn a_page_needs_nothing_else() {
    let text = page().svg();
    assert_eq!(text, page().svg());
    let document = Document::parse(&text).unwrap();
    let addresses = document.descendants().filter_map(|node| node.attribute("href"));
    let addresses: Vec<&str> = addresses.collect();
    assert_eq!(addresses.len(), 4, "two pictures, two scales");
    assert!(addresses.iter().all(|address| address.starts_with("data:image/png;base64,")));
}

#[test]
fn every_scale_has_its_numbers() {
    let text = page().svg();
    let said = lines(&Document::parse(&text).unwrap());
    for line in
        ["small <1>", "g.O", "−1.00", "1.00", "a->b.W", "−0.400", "0.400", "grey: 1 not finite", "rows & columns"]
    {
        assert!(said.iter().any(|found| found == line), "{line} is missing from {said:?}");
    }
    assert!(!said.iter().any(|line| line == "nothing"), "a section without pictures has no heading");
}

#[test]
fn what_is_left_out_is_said() {
    let mut values = vec![0.5_f32; 1_000 * 600];
    values[7] = 3.0;
    let large = panel("large.W", Picture::Matrix(Matrix { rows: 1_000, columns: 600, values }));
    assert_eq!(large.limit(), Some(0.5));
    let section = Section { title: "W".to_owned(), panels: vec![large] };
    let text = Page { title: String::new(), facts: Vec::new(), sections: vec![section] }.svg();
    let said = lines(&Document::parse(&text).unwrap());
    for line in ["a pixel is the entry of greatest size among 2 × 2", "1 lie beyond, up to 3.00"] {
        assert!(said.iter().any(|found| found == line), "{line} is missing from {said:?}");
    }
}

#[test]
fn panels_stay_on_the_page() {
    let many = |index: usize| {
        let matrix = Matrix { rows: 40 + index, columns: 30, values: vec![1.0; (40 + index) * 30] };
        panel(&format!("m{index}"), Picture::Matrix(matrix))
    };
    let section = Section { title: "many".to_owned(), panels: (0..9).map(many).collect() };
    let text = Page { title: "t".to_owned(), facts: Vec::new(), sections: vec![section] }.svg();
    let document = Document::parse(&text).unwrap();
    let size = |name| document.root_element().attribute(name).unwrap().parse::<f64>().unwrap();
    let place = |node: roxmltree::Node| -> Option<[f64; 2]> {
        let parts = node.attribute("transform")?.strip_prefix("translate(")?.strip_suffix(')')?.split_once(',')?;
        Some([parts.0.parse().ok()?, parts.1.parse().ok()?])
    };
    for image in document.descendants().filter(|node| node.has_tag_name("image")) {
        let [x, y] = image.ancestors().filter_map(place).fold([0.0, 0.0], |[x, y], [dx, dy]| [x + dx, y + dy]);
        let length = |name| image.attribute(name).unwrap().parse::<f64>().unwrap();
        assert!(x + length("width") <= size("width") && y + length("height") <= size("height"), "{x} {y}");
    }
}

#[test]
fn a_cloud_has_its_neurons_and_its_strongest_connections_on_top() {
    let link = |from, to, weight| Link { from, to, weight };
    let places = vec![[-1.0, -1.0], [0.0, 0.0], [1.0, 1.0]];
    let cloud = CloudPicture { places, links: vec![link(0, 2, -2.0), link(1, 1, 0.5)] };
    let drawn = panel("brain->brain.W", Picture::Cloud(cloud));
    assert_eq!(drawn.limit(), Some(2.0));
    let section = Section { title: "W".to_owned(), panels: vec![drawn] };
    let text = Page { title: String::new(), facts: Vec::new(), sections: vec![section] }.svg();
    let document = Document::parse(&text).unwrap();
    let of = |name: &'static str| document.descendants().filter(move |node| node.has_tag_name(name));
    assert_eq!(of("ellipse").count(), 3, "a dot a neuron");
    let lines: Vec<roxmltree::Node> = of("line").filter(|line| line.attribute("stroke-width") == Some("1")).collect();
    let said: Vec<&str> = lines.iter().filter_map(|line| line.first_element_child()?.text()).collect();
    assert_eq!(said, ["from neuron 1 to 1: 0.5000", "from neuron 0 to 2: -2.0000"]);
    let ends = ["x1", "y1", "x2", "y2"].map(|name| lines[1].attribute(name).unwrap().parse::<f64>().unwrap());
    let at_the_corners = ends.iter().take(2).all(|at| *at < 10.0) && ends.iter().skip(2).all(|at| *at > 400.0);
    assert!(at_the_corners, "{ends:?}");
}

/// Returns where a node lies on the page.
fn place(node: roxmltree::Node) -> [f64; 2] {
    let shift = |node: roxmltree::Node| -> Option<[f64; 2]> {
        let parts = node.attribute("transform")?.strip_prefix("translate(")?.strip_suffix(')')?.split_once(',')?;
        Some([parts.0.parse().ok()?, parts.1.parse().ok()?])
    };
    let own = ["x", "y"].map(|name| node.attribute(name).map_or(0.0, |at| at.parse::<f64>().unwrap()));
    node.ancestors().filter_map(shift).fold(own, |[x, y], [dx, dy]| [x + dx, y + dy])
}

/// Returns the numbers in a document with the boxes that they fill: left, right, top, bottom.
fn numbers(document: &Document) -> Vec<(usize, [f64; 4])> {
    let set = document.descendants().filter(|node| node.has_tag_name("text"));
    let number = |node: roxmltree::Node| {
        let value: usize = node.text()?.parse().ok()?;
        let size: f64 = node.attribute("font-size")?.parse().ok()?;
        let ([x, y], wide) = (place(node), node.text()?.len() as f64 * size * 0.6);
        let left = match node.attribute("text-anchor")? {
            "middle" => x - wide / 2.0,
            "end" => x - wide,
            _ => x,
        };
        assert!(!node.ancestors().any(|node| node.has_attribute("clip-path")), "{value} may be cut off");
        Some((value, [left, left + wide, y - 0.72 * size, y]))
    };
    set.filter_map(number).collect()
}

fn assert_apart(numbers: &[(usize, [f64; 4])]) {
    for (index, (one, [left, right, top, bottom])) in numbers.iter().enumerate() {
        for (other, [l, r, t, b]) in &numbers[..index] {
            assert!(right <= l || r <= left || bottom <= t || b <= top, "{one} lies over {other}");
        }
    }
}

#[test]
fn numbers_of_genes_are_whole_and_apart() {
    for genes in [1, 6, 22, 60, 300] {
        // more and more of them in one corner
        let part = |gene: i32, times: f64| (f64::from(gene) * times).sin();
        let centre =
            |gene: i32| [part(gene, 1.7), part(gene, 2.3)].map(|at| if gene % 3 == 0 { 0.99 - at * 0.01 } else { at });
        let bells: Vec<GaussianOutline> =
            (0..genes).map(|gene| GaussianOutline { centre: centre(gene), width: [0.2, 0.3] }).collect();
        for picture in [Picture::Grid(bells.clone()), Picture::Line(bells.clone())] {
            let grid = matches!(picture, Picture::Grid(_));
            let section = Section { title: "X".to_owned(), panels: vec![panel("a.g", picture)] };
            let text = Page { title: "t".to_owned(), facts: Vec::new(), sections: vec![section] }.svg();
            let document = Document::parse(&text).unwrap();
            let found = numbers(&document);
            assert_apart(&found);
            let mut frames = document.descendants().filter(|node| node.has_tag_name("rect"));
            let frame = frames.rfind(|node| node.attribute("width") == Some("300")).unwrap();
            let [left, top] = place(frame);
            let inside = |[l, r, t, b]: [f64; 4]| l >= left && r <= left + 300.0 && t >= top && b <= top + 300.0;
            assert!(!grid || found.iter().all(|(_, box_)| inside(*box_)), "{genes}: {found:?}");
            let (all, count) = (usize::try_from(genes).unwrap(), found.len());
            let said = lines(&document)
                .iter()
                .any(|line| *line == format!("{} bear no number, for want of room", all - count));
            assert!(count == all || said, "{count} of {all}");
            assert!(count == all || (grid && all > 60), "{count} of {all} where there is room");
        }
    }
}

#[test]
fn rows_and_columns_of_a_matrix_are_numbered() {
    for (rows, columns) in [(1, 1), (6, 6), (22, 22), (60, 60), (784, 100), (5_000, 3)] {
        let matrix = Matrix { rows, columns, values: vec![0.5; rows * columns] };
        let section = Section { title: "O".to_owned(), panels: vec![panel("g.O", Picture::Matrix(matrix))] };
        let text = Page { title: "t".to_owned(), facts: Vec::new(), sections: vec![section] }.svg();
        let document = Document::parse(&text).unwrap();
        // the scale's own 0 is no row
        let found: Vec<_> =
            numbers(&document).into_iter().filter(|(_, [left, right, ..])| right - left < 100.0).collect();
        assert_apart(&found);
        let image = document.descendants().find(|node| node.has_tag_name("image")).unwrap();
        let ([left, top], length) = (place(image), |name| image.attribute(name).unwrap().parse::<f64>().unwrap());
        let (wide, high) = (length("width"), length("height"));
        let beside: Vec<_> = found.iter().filter(|(_, [_, right, ..])| *right <= left).collect();
        let above: Vec<_> = found.iter().filter(|(_, [.., bottom])| *bottom <= top).collect();
        assert!(beside.len() > 1 || rows == 1, "{rows} rows, {} numbers", beside.len());
        assert!(above.len() > 1 || columns == 1, "{columns} columns, {} numbers", above.len());
        // each stands at the middle of its row or column
        for (row, [.., top_, bottom]) in beside {
            let (at, wanted) = ((top_ + bottom) / 2.0, top + (*row as f64 + 0.5) * high / rows as f64);
            assert!((at - wanted).abs() < 1.5, "row {row} at {at}, not at {wanted}");
        }
        for (column, [from, to, ..]) in above {
            let (at, wanted) = (f64::midpoint(*from, *to), left + (*column as f64 + 0.5) * wide / columns as f64);
            assert!((at - wanted).abs() < 1.5, "column {column} at {at}, not at {wanted}");
        }
    }
}
