//! Data of one's own: what files give, what is said of files at fault, and that no byte of them makes a panic.

use std::fs;
use std::io::{Cursor, Write};
use std::path::Path;

use gemc::data::{Dataset, OwnData, describe, load};
use miette::Diagnostic;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

/// Returns the bytes of an `npy` file.
fn npy(kind: &str, sizes: &str, numbers: &[u8]) -> Vec<u8> {
    let header = format!("{{'descr': {kind}, 'fortran_order': False, 'shape': ({sizes}), }}\n");
    let length = u16::try_from(header.len()).unwrap().to_le_bytes();
    [b"\x93NUMPY\x01\x00", &length[..], header.as_bytes(), numbers].concat()
}

/// Returns the bytes of an archive.
fn npz(arrays: &[(&str, Vec<u8>)]) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in arrays {
        writer.start_file(format!("{name}.npy"), SimpleFileOptions::default()).unwrap();
        writer.write_all(bytes).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

/// Writes a file and loads it by the name that `prefix` begins.
fn loaded(prefix: &str, bytes: &[u8]) -> Result<Dataset, (String, String)> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("file");
    fs::write(&path, bytes).unwrap();
    let name = format!("{prefix}{}", path.display());
    let data = load(&name, &[], None).map_err(|fault| {
        let text = fault.to_string().replace(&path.display().to_string(), "FILE");
        (fault.code().unwrap().to_string(), text)
    })?;
    assert_eq!(describe(&name).unwrap(), data.facts);
    Ok(data)
}

/// Returns what is said of a file at fault.
fn said(prefix: &str, bytes: &[u8]) -> String {
    let (code, text) = loaded(prefix, bytes).unwrap_err();
    format!("{code}: {text}")
}

fn bytes(count: usize) -> Vec<u8> {
    (0..count).map(|at| (at * 7 % 256).to_le_bytes()[0]).collect()
}

/// Twelve samples of 2 × 3 bytes, six of each of two classes.
fn good() -> Vec<u8> {
    let labels: Vec<u8> = (0..12_i64).flat_map(|label| (label % 2).to_le_bytes()).collect();
    npz(&[("x", npy("'|u1'", "12, 2, 3", &bytes(72))), ("y", npy("'<i8'", "12,", &labels))])
}

#[test]
fn an_archive_is_read_and_a_sixth_held_out() {
    let data = loaded("npz:", &good()).unwrap();
    let facts = &data.facts;
    assert_eq!((facts.height, facts.width, facts.channels, facts.classes), (2, 3, 1, 2));
    assert_eq!((data.train.len(), data.test.len()), (10, 2));
    assert_eq!(data.test.labels(), [0, 1]);
    let whole = bytes(72);
    let all = (0..10).map(|at| data.train.sample(at)).chain((0..2).map(|at| data.test.sample(at)));
    let mut found: Vec<&[u8]> = all.collect();
    let mut expected: Vec<&[u8]> = whole.chunks(6).collect();
    found.sort_unstable();
    expected.sort_unstable();
    assert_eq!(found, expected);
}

#[test]
fn both_splits_and_every_kind_of_number_are_read() {
    let floats: Vec<u8> = [0.0_f32, 1.0, 0.5, 0.25].iter().flat_map(|number| number.to_be_bytes()).collect();
    let doubles: Vec<u8> = [0.0_f64, 255.0, 3.0, 7.0].iter().flat_map(|number| number.to_le_bytes()).collect();
    let shorts: Vec<u8> = [0_u16, 255, 3, 7].iter().flat_map(|number| number.to_be_bytes()).collect();
    for (kind, numbers, expected) in [
        ("'>f4'", floats, [0, 255, 128, 64]),
        ("'<f8'", doubles, [0, 255, 3, 7]),
        ("'>u2'", shorts, [0, 255, 3, 7]),
        ("'|i1'", vec![0, 1, 2, 127], [0, 1, 2, 127]),
        ("'|b1'", vec![0, 1, 0, 1], [0, 255, 0, 255]),
    ] {
        let x = npy(kind, "2, 2", &numbers);
        let y = npy("'|u1'", "2, 1", &[1, 0]);
        let arrays = [("x_train", x.clone()), ("y_train", y.clone()), ("x_test", x), ("y_test", y)];
        let data = loaded("npz:", &npz(&arrays)).unwrap();
        assert_eq!((data.train.pixels(), data.test.pixels()), (&expected[..], &expected[..]), "{kind}");
        assert_eq!((data.facts.height, data.facts.width, data.train.labels()), (1, 2, &[1, 0][..]));
    }
}

#[test]
fn archives_at_fault_are_told_with_the_place() {
    let y = npy("'|u1'", "2,", &[0, 1]);
    let x = npy("'|u1'", "2, 2", &[1, 2, 3, 4]);
    let with_x = |x: Vec<u8>| said("npz:", &npz(&[("x", x), ("y", y.clone())]));
    let with_y = |y: Vec<u8>| said("npz:", &npz(&[("x", x.clone()), ("y", y)]));
    let floats = |numbers: [f32; 4]| npy("'<f4'", "2, 2", &numbers.map(f32::to_le_bytes).concat());
    let bomb = npz(&[("x", npy("'|u1'", "2, 2", &vec![0; 50 << 20])), ("y", y.clone())]);
    assert!(bomb.len() < 1 << 20, "{}", bomb.len());
    let told = [
        with_x(npy("'|O'", "2, 2", b"cos\nsystem\n(S'echo'\ntR.")),
        with_x(npy("[('a', '|O'), ('b', '<i8')]", "2, 2", &[])),
        with_x(npy("[('a', '<i8'), ('b', '<i8')]", "2, 2", &[])),
        with_x(npy("'<U5'", "2, 2", &[])),
        with_x(npy("'<c16'", "2, 2", &[])),
        with_x(npy("'|u1'", "2, 99999999999, 99999999999", &[])),
        with_x(npy("'<f8'", "2, 99999, 99999", &[])),
        with_x(npy("'|u1'", "2, 1000, 1000", &[1])),
        with_x(npy("'|u1'", "2", &[1, 2])),
        with_x(npy("'|u1'", "0, 2", &[])),
        with_x(floats([0.0, f32::NAN, 0.0, 0.0])),
        with_x(floats([0.0, 0.5, 0.5, 1.5])),
        with_x(npy("'<i2'", "2, 2", &[0, 0, 0, 0, 0, 0, 0, 1])),
        with_x(String::from_utf8(npy("'|u1'", "2, 2", &[1, 2, 3, 4])[10..].to_vec()).unwrap_or_default().into_bytes()),
        with_x(npy("'|u1'", "2, 2", &[1, 2, 3, 4])[..20].to_vec()),
        with_y(npy("'|u1'", "3,", &[0, 1, 0])),
        with_y(npy("'<f4'", "2,", &[0; 8])),
        with_y(npy("'|i1'", "2,", &[0, 255])),
        with_y(npy("'|u1'", "2,", &[0, 0])),
        said("npz:", &npz(&[("images", x.clone()), ("y", y.clone())])),
        said("npz:", &npz(&[("x", x.clone()), ("y", y.clone()), ("x_test", x.clone())])),
        said("npz:", b"no archive at all"),
        said("npz:", &bomb),
    ];
    insta::with_settings!({ snapshot_path => "../../snapshots", prepend_module_to_snapshot => false, omit_expression => true }, {
        insta::assert_snapshot!("own_npz_faults", told.join("\n"));
    });
}

#[test]
fn a_table_is_read_and_its_columns_scaled() {
    let mut text = "width; species ;height\n".replace("species", "class");
    for sample in 0..12 {
        let class = if sample % 2 == 0 { "versicolor" } else { "setosa" };
        text += &format!("{};{class};{}\n", -1.5 + f64::from(sample), 2 * sample);
    }
    let data = loaded("csv:", text.as_bytes()).unwrap();
    assert_eq!((data.facts.height, data.facts.width, data.facts.classes), (1, 2, 2));
    assert_eq!((data.train.len(), data.test.len()), (10, 2));
    let all = [data.train.pixels(), data.test.pixels()].concat();
    assert!(all.chunks(2).all(|sample| sample[0] == sample[1]));
    assert_eq!((all.iter().min(), all.iter().max()), (Some(&0), Some(&255)));
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("flowers.csv");
    fs::write(&path, &text).unwrap();
    assert_eq!(OwnData::find(&format!("csv:{}", path.display())).unwrap().class_names(), ["setosa", "versicolor"]);
    let bytes = loaded("csv:", b"label,a,b\n1,0,255\n0,3,7\n1,3,8\n0,9,9\n").unwrap();
    assert_eq!((bytes.train.len(), bytes.test.len()), (2, 2));
    assert!([bytes.train.pixels(), bytes.test.pixels()].concat().contains(&255));
}

#[test]
fn tables_at_fault_are_told_with_line_and_column() {
    let told = [
        "",
        "a,b\n1,2\n",
        "label\n1\n",
        "label,class,a\n1,2,3\n",
        "label,a\n",
        "label,a\n1,2\n1,3\n",
        "label,a,b\n1,2,3\n0,x,4\n",
        "label,a,b\n1,2,3\n0,,4\n",
        "label,a,b\n1,2,3\n0,nan,4\n",
        "label,a,b\n1,2,3\n0,1e999,4\n",
        "label,a,b\n1,2,3\n,1,4\n",
        "label,a,b\n1,2,3\n0,1\n",
        "label,a,b\n1,2,3\n0,1,2,3\n",
    ]
    .map(|text| format!("{text:?}\n    {}", said("csv:", text.as_bytes())));
    let many = (0..300).fold(String::new(), |text, class| text + &format!("c{class},1\n"));
    let told =
        [told.as_slice(), &[said("csv:", format!("label,a\n{many}").as_bytes()), said("csv:", b"label,a\n\xff,1\n")]]
            .concat();
    insta::with_settings!({ snapshot_path => "../../snapshots", prepend_module_to_snapshot => false, omit_expression => true }, {
        insta::assert_snapshot!("own_csv_faults", told.join("\n"));
    });
}

#[test]
fn a_pair_of_idx_files_is_read() {
    let folder = tempfile::tempdir().unwrap();
    let [x, y] = ["x", "y"].map(|name| folder.path().join(name));
    fs::write(&x, super::specimens::gzip(&super::specimens::images(12)).unwrap()).unwrap();
    fs::write(&y, super::specimens::labels(12)).unwrap();
    let name = |x: &Path, y: &Path| format!("idx:{},{}", x.display(), y.display());
    let data = load(&name(&x, &y), &[], None).unwrap();
    assert_eq!((data.facts.classes, data.train.len(), data.test.len()), (3, 9, 3));
    assert_eq!(data.facts.name, name(&x, &y));
    fs::write(&y, super::specimens::labels(11)).unwrap();
    let code = |x: &Path, y: &Path| load(&name(x, y), &[], None).unwrap_err().code().unwrap().to_string();
    assert_eq!(code(&x, &y), "data::wrong_sizes");
    assert_eq!(code(&y, &x), "data::wrong_magic");
    assert_eq!(code(&x, &folder.path().join("none")), "data::unreadable");
    assert!(["npz:", "csv:", "idx:a", "idx:,b", "idx:a,"].iter().all(|name| OwnData::find(name).is_none()));
}

#[test]
fn no_byte_makes_a_panic() {
    let csv = b"label,a,b\n1,0.5,2\n0,3,7\n1,3,8\n0,\"9\",9\n".to_vec();
    let (mut read, mut refused) = (0, 0);
    for (prefix, good) in [("npz:", good()), ("csv:", csv)] {
        assert!(loaded(prefix, &good).is_ok());
        for at in 0..good.len() {
            let mut others: Vec<Vec<u8>> = [0, 1, 0x27, 0x80, 0xff]
                .map(|byte| {
                    let mut other = good.clone();
                    other[at] ^= byte;
                    other
                })
                .to_vec();
            others.push(good[..at].to_vec());
            others.push([&good[..at], &good[at + 1..]].concat());
            for other in others {
                match loaded(prefix, &other) {
                    Ok(_) => read += 1,
                    Err(_) => refused += 1,
                }
            }
        }
    }
    assert!(read > 100 && refused > 100, "{read} {refused}");
}
